"""Waveforms of conduction studies."""
