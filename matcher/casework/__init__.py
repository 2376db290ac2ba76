"""The life of a need, a pairing, a station and an association: states, steps and their records.

Everything here is pure: what may follow what, and what must be said for it. The store keeps the
records, `matcher.desk` carries the steps out for somebody who may.
"""
