"""The knowledge graph of inter-American security mandates."""
