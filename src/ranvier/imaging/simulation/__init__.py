"""Simulated images of nerves with known truth."""
