"""Scaup: SQL-first investigation analytics for the safeguards teams of AI-model providers."""

__version__ = "0.1.0"
