"""The pages that people work with: Chinese, rendered on the server."""
