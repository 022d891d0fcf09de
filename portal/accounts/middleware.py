"""Stopgap by the lead (UI helper: overwrite)."""
class IdleTimeoutMiddleware:
    def __init__(self, get_response): self.get_response = get_response
    def __call__(self, request): return self.get_response(request)
class OfficialSecondFactorMiddleware(IdleTimeoutMiddleware):
    pass
