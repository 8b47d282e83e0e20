"""Name the parts that can be copied: light, since the command says them before it knows what it is to do."""

PUBLIC = ("exercises", "foods")
OWN = ("profile", "measurements", "training", "nutrition", "gallery")
