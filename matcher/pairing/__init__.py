"""The monthly assignment (整月配对): who is brought together, for all open needs at once."""
