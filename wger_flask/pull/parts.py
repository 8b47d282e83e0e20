"""Name the parts that can be copied: light, since the command says them before it knows what it is to do."""

PUBLIC = ("exercises", "foods")
SELDOM = ("food-pictures",)
"""Those of everybody's that are copied only where they are asked for: a request each, of tens of thousands of foods."""
OWN = ("profile", "measurements", "training", "nutrition", "gallery")
