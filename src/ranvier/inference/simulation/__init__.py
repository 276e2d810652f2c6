"""Simulated patients and what tests find in them."""
