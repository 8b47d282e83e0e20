"""Ingredients, nutrition plans and the food diary."""
