"""Stores: named graphs in, answers out."""
