"""The page on which a payable of the site is paid."""
