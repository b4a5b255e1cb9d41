"""Pure disclosure control: policies and the protection of cubes."""
