"""Password rules (RULES section 15, own defaults)."""

from django.core.exceptions import ValidationError

CLASSES_NEEDED = 3


class CharacterClassesValidator:
    """Asks for three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: object = None) -> None:
        classes = (
            any(c.islower() for c in password),
            any(c.isupper() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
        if sum(classes) < CLASSES_NEEDED:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、符号中的至少三种。"
