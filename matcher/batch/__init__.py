"""The monthly batch: screening, ranking, plan, figures and documents as one resumable run."""
