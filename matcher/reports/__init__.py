"""The monthly report (月报): figures, and the documents drawn from them."""
