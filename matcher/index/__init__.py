"""The indexes: derived from the store, stamped, rebuildable."""
