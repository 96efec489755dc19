"""The strictest Content-Security-Policy: nothing inline, nothing from elsewhere, no form to elsewhere."""

POLICY = "default-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"


def strict_policy(get_response):
    def middleware(request):
        response = get_response(request)
        if not request.path.startswith("/admin/"):
            response["Content-Security-Policy"] = POLICY
        return response

    return middleware
