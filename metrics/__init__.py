"""Count, protect, then estimate: from core tables to a sealed release."""
