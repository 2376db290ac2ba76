"""Pure functions over text: folding, segmenting, splitting, masking, highlighting."""
