"""The store: the project library and the directory, the only truth."""
