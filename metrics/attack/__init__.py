"""An attacker who knows the method, reads released files and tries to find people in them."""
