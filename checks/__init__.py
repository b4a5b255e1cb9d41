"""Claims about the core tables, and what each run of them found."""
