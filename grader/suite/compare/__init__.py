"""How two values compare, what relates them, and how that is said."""
