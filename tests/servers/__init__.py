"""Servers on the loopback interface that stand in for public services."""
