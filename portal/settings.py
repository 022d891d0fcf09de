"""Settings of every process; the only place that reads the environment.

Without any variable this is the embedded default on loopback. With PORTAL_ENV=production no secret has a
default: a missing one stops the start by name. Any variable NAME may instead be given as NAME_FILE, the path of
a file that holds it. docs/deploy.md lists every variable and a test compares.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from portal.embedded import addresses
from portal.embedded.secrets import local_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

PORTAL_ENV = env.str("PORTAL_ENV", "local")
if PORTAL_ENV not in ("local", "production"):
    raise ImproperlyConfigured(f"PORTAL_ENV must be local or production, not {PORTAL_ENV!r}")
PRODUCTION = PORTAL_ENV == "production"


def required_in_production(name: str, local_default: str) -> str:
    """The variable `name`; outside production it may be missing."""
    value = env.str(name, "").strip()
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set when PORTAL_ENV=production")
    return value or local_default


PORTAL_HOME = Path(env.str("PORTAL_HOME", str(BASE_DIR / ".portal"))).resolve()
BUILD_DIR = BASE_DIR / "build"


def server_url(name: str) -> str:
    """The address in the variable `name`; outside production the embedded server's where it is not given."""
    given = required_in_production(name, "")
    # Asked for only when needed: it makes a password file, and a container's disk may be read-only.
    return given or addresses(PORTAL_HOME).as_environment()[name]


SECRET_KEY = required_in_production("SECRET_KEY", "") or local_secret(PORTAL_HOME, "secret_key")
# Old keys that still verify sessions and links signed before a rotation.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Keys that encrypt secrets at rest (webhook keys), newest first: old ones still decrypt.
ENCRYPTION_KEYS = [key.strip() for key in required_in_production("ENCRYPTION_KEYS", "").split(",") if key.strip()]
if not ENCRYPTION_KEYS:
    if PRODUCTION:
        raise ImproperlyConfigured("ENCRYPTION_KEYS must be set when PORTAL_ENV=production")
    ENCRYPTION_KEYS = [local_secret(PORTAL_HOME, "encryption_key")]
DEBUG = False
ALLOWED_HOSTS = [
    host.strip() for host in env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"]) if host.strip()
]
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must be set when PORTAL_ENV=production")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_htmx",
    "bootstrap",
    "rest_framework",
    "django_filters",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_prometheus",
    "portal.accounts",
    "portal.audit",
    "portal.attachments",
    "portal.policy",
    "portal.outbox",
    "portal.sheets",
    "portal.notices",
    "portal.api",
    "portal.ui",
    "portal.bench",
    "patents",
    "demand",
    "finance",
    "subsidies",
    "events",
    "stats",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "portal.accounts.middleware.IdleTimeoutMiddleware",
    "portal.accounts.middleware.OfficialSecondFactorMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.ui.middleware.ServiceErrorMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.ui.context.site",
            ],
            "builtins": ["portal.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "portal.ui.forms.Renderer"

DATABASES = {"default": env.db_url_config(server_url("DATABASE_URL"))}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
POOL_PAGE_SIZE = 20

REDIS_URL = server_url("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "portal.accounts.validators.CharacterClassesValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
# RULES section 15 (own defaults, the standard sets no numbers): five failures lock for 30 minutes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "portal.accounts.requests.client_address"
# How many reverse proxies stand before the web process, each adding the address it was called from.
PROXY_COUNT = env.int("PROXY_COUNT", 0)
# The header in which the proxy passes on the subject of a client certificate that it verified; empty: it does not.
CLIENT_CERTIFICATE_HEADER = env.str("CLIENT_CERTIFICATE_HEADER", "")
IDLE_MINUTES = 30
IDLE_MINUTES_ADMIN = 15
OFFICIALS_NEED_SECOND_FACTOR = env.bool("OFFICIALS_NEED_SECOND_FACTOR", PRODUCTION)
OTP_TOTP_ISSUER = "专利转化服务平台"

# The proxy terminates TLS in production; the embedded default serves plain HTTP on loopback.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", PRODUCTION)
# Asked from inside over plain HTTP; the proxy keeps /metrics from everybody else.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "portal.formats"

STATIC_URL = "static/"
# Production serves collected, compressed files with hashed names; a local instance serves them where they lie.
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(PORTAL_HOME / "static"))) if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
_STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": _STATIC_STORAGE if PRODUCTION else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Uploads are private: nothing under MEDIA_ROOT has an address; views hand files out after a check.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(PORTAL_HOME / "media")))
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_BYTES", 50 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Celery spells a socket redis+socket://, redis-py unix://; over TCP both say redis://.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "").strip() or REDIS_URL.replace("unix://", "redis+socket://")
# Sentence vectors: empty is the model in the package, `off` none, an address a server of OpenAI's embeddings interface.
EMBEDDINGS_URL = env.str("EMBEDDINGS_URL", "")
EMBEDDINGS_MODEL = env.str("EMBEDDINGS_MODEL", "multilingual-e5-small")
EMBEDDINGS_KEY = env.str("EMBEDDINGS_KEY", "")
EMBEDDINGS_QUERY_PREFIX = env.str("EMBEDDINGS_QUERY_PREFIX", "query: ")
EMBEDDINGS_PASSAGE_PREFIX = env.str("EMBEDDINGS_PASSAGE_PREFIX", "passage: ")
# The portal sends no mail.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api.authentication.BankClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.permissions.BankClientHasScope"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.pagination.SequencePagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttles.ClientThrottle"],
    # For each client of the API.
    "DEFAULT_THROTTLE_RATES": {
        "read": env.str("API_READ_RATE", "600/min"),
        "write": env.str("API_WRITE_RATE", "300/min"),
    },
    "EXCEPTION_HANDLER": "portal.api.problems.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
# How often one address may post a form that needs no account: a firm's sign-up, a person's sign-up to an event.
PUBLIC_FORM_RATE = env.str("PUBLIC_FORM_RATE", "60/hour")
OAUTH2_PROVIDER = {
    "SCOPES": {
        "projects:read": "读取已推送给本机构的融资项目",
        "projects:answer": "对已推送的融资项目作出答复",
        "loans:write": "报送放款、还款等贷款信息",
        "legal-events:read": "读取平台登记的专利法律事件",
        "legal-events:write": "报送专利法律事件",
    },
    "SCOPES_BACKEND_CLASS": "portal.api.scopes.ScopesByCaller",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 1800,
    "ALLOWED_GRANT_TYPES": ["client_credentials"],
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    # The security practice of RFC 9700, which the package keeps off until its next major version.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "专利转化服务平台银行接口",
    "VERSION": "1.0.0",
    "DESCRIPTION": "金融机构接收知识产权质押融资项目、答复并报送贷款信息的接口。",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # `make check` generates the document with warnings as errors; on a server its views would ask for a host "testserver".
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/api/v1/oauth/token",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.api.schema.add_shared_parts",
    ],
    "ENUM_NAME_OVERRIDES": {
        "PlacementStateEnum": "finance.enums.PlacementState",
        "AnswerKindEnum": "finance.enums.AnswerKind",
        "EntryKindEnum": "finance.enums.EntryKind",
        "LoanStateEnum": "finance.enums.LoanState",
        "PaperKindEnum": "finance.enums.PaperKind",
        "SeverityEnum": "finance.enums.Severity",
        "DifferenceKindEnum": "finance.enums.DifferenceKind",
        "DifferenceStateEnum": "finance.enums.DifferenceState",
        "PatentKindEnum": "patents.enums.PatentKind",
        "LegalStatusEnum": "patents.enums.LegalStatus",
    },
}

# Pushes go only to public addresses, except to those an operator lists (the sample bank on loopback).
WEBHOOK_ALLOWED_PRIVATE_HOSTS = env.list(
    "WEBHOOK_ALLOWED_PRIVATE_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost"]
)
WEBHOOK_TIMEOUT_SECONDS = env.float("WEBHOOK_TIMEOUT_SECONDS", 10.0)
SAMPLE_BANK_PORT = env.int("SAMPLE_BANK_PORT", env.int("PORT", 8000) + 1)

# Identity shown in the footer (RULES section 15); empty items are left out of a local instance.
SITE_NAME = env.str("SITE_NAME", "专利技术转移转化服务平台")
SITE_HOST_UNIT = env.str("SITE_HOST_UNIT", "省市场监督管理局（知识产权局）")
SITE_OPERATOR_UNIT = env.str("SITE_OPERATOR_UNIT", "省知识产权运营中心")
SITE_CONTACT = env.str("SITE_CONTACT", "")
SITE_IDENTIFIER = env.str("SITE_IDENTIFIER", "")
SITE_ICP = env.str("SITE_ICP", "")
SITE_POLICE = env.str("SITE_POLICE", "")

UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SITE_SYMBOL": "account_balance",
    "SHOW_LANGUAGES": False,
    "THEME": "light",
    # Colours stand in ui/admin.css: unfold would write them into a style element, which the policy refuses.
    "COLORS": "portal.ui.dashboard.no_colours",
    "DASHBOARD_CALLBACK": "stats.dashboard.callback",
    "STYLES": ["portal.ui.dashboard.stylesheet"],
    "SCRIPTS": ["portal.ui.dashboard.expressions", "portal.ui.dashboard.field_names"],
}

PGHISTORY_CONTEXT_FIELD_NULL = True
PROMETHEUS_EXPORT_MIGRATIONS = False

# Networks that may read /metrics.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING_CONFIG = "portal.logs.configure"
LOGGING = {"level": LOG_LEVEL, "json": PRODUCTION}
SILENCED_SYSTEM_CHECKS: list[str] = []
