"""Rules for site types: dated, cited conditions, evaluated to pass, fail or unknown."""
