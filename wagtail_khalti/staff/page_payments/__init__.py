"""Who paid on one page: for its editors, without a permission for the payments of a whole site."""
