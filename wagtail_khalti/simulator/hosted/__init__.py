"""The pages that a payer sees at Khalti, and its dashboard."""
