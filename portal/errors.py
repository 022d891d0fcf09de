"""What a service refuses with. The edges turn each into an HTTP status and a sentence for the user."""


class ServiceError(Exception):
    """A refusal in the user's words. `code` is stable and part of the API; `field` names the input at fault."""

    code = "refused"
    status = 422

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class WrongState(ServiceError):
    """The move is not in the workflow's table."""

    code = "wrong_state"
    status = 409


class NotAllowed(ServiceError):
    """The actor may not make this move."""

    code = "not_allowed"
    status = 403


class Invalid(ServiceError):
    """An input breaks a rule; nothing was written."""

    code = "invalid"


class Conflict(ServiceError):
    """Another row or an earlier answer stands against it."""

    code = "conflict"
    status = 409


class NotFound(ServiceError):
    """No such row, or one of another organisation: the two are told apart to nobody."""

    code = "not_found"
    status = 404


class TooOften(ServiceError):
    """Asked again too soon; nothing was done."""

    code = "too_often"
    status = 429
