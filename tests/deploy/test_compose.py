"""docker-compose.yml holds together; there is no engine here, so its parts are compared with each other and with the code."""

import re
import subprocess

import pytest

from tests.deploy import sources

OURS = ["beat", "migrate", "web", "worker"]
# The names of https://github.com/compose-spec/compose-spec/blob/main/05-services.md that this file may use.
SERVICE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "init", "logging", "networks",
    "ports", "read_only", "restart", "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period"}
CONDITIONS = {"service_healthy", "service_completed_successfully"}


@pytest.fixture(scope="module")
def compose():
    return sources.compose()


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def test_the_services_are_those_of_the_design(services):
    assert sorted(services) == sorted([*OURS, "postgres", "proxy", "valkey"])


def test_every_part_has_a_known_name(compose, services):
    top = {key for key in compose if not key.startswith("x-")}
    assert top == {"name", "services", "networks", "volumes", "secrets"}
    for service in services.values():
        assert service.keys() <= SERVICE_KEYS
        assert service.get("healthcheck", {}).keys() <= HEALTH_KEYS


def test_what_a_service_names_is_declared(compose, services):
    for name, service in services.items():
        assert set(service["networks"]) <= compose["networks"].keys(), name
        assert set(service.get("secrets", ())) <= compose["secrets"].keys(), name
        volumes = {volume.split(":")[0] for volume in service.get("volumes", ())}
        assert {volume for volume in volumes if not volume.startswith("./")} <= compose["volumes"].keys(), name
        files = [volume for volume in volumes if volume.startswith("./")]
        assert [file for file in files if not (sources.ROOT / file).is_file()] == [], name


def test_a_service_waits_only_for_what_can_come_true(services):
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] in CONDITIONS
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed]
            else:
                assert services[needed]["restart"] == "no"


def test_all_but_the_single_command_are_watched_and_restarted(services):
    lasting = {name: service for name, service in services.items() if name != "migrate"}

    assert [name for name, service in lasting.items() if service["restart"] != "unless-stopped"] == []
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []


def test_only_the_proxy_is_reachable_and_the_servers_have_no_way_out(compose, services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["back"] == {"internal": True}
    assert [services[name]["networks"] for name in ("postgres", "valkey", "beat")] == [["back"]] * 3


def test_our_containers_can_write_nowhere_but_uploads_and_memory(services):
    for name in OURS:
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["volumes"] == ["media:/srv/media"]


def test_images_are_pinned(services):
    for service in services.values():
        assert re.fullmatch(r"[\w./-]+:(\d[\w.-]*|\$\{PORTAL_VERSION:-local\})", service["image"])


def test_ours_know_every_required_variable_and_set_only_documented_ones(services):
    documented = sources.documented().keys()
    for name in OURS:
        given = {re.sub("_FILE$", "", variable) for variable in services[name]["environment"]}
        assert given <= documented, name
        assert sources.required_variables() <= given, name


def test_secrets_come_from_files_that_the_repository_cannot_hold(compose, services):
    for service in services.values():
        paths = [value for variable, value in service.get("environment", {}).items() if variable.endswith("_FILE")]
        assert {path.removeprefix("/run/secrets/") for path in paths} <= set(service.get("secrets", ()))
    files = [secret["file"] for secret in compose["secrets"].values()]
    done = subprocess.run(
        ["git", "check-ignore", *files], cwd=sources.ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == files


def test_what_an_operator_may_set_is_documented():
    text = (sources.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    operators = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    manual = (sources.ROOT / "docs/deploy.md").read_text(encoding="utf-8")

    assert [name for name in sorted(operators) if f"`{name}`" not in manual] == []


def test_the_image_sets_only_documented_variables_and_is_nobody_special():
    text = (sources.ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    last_stage = text[text.rindex("\nFROM ") :]
    variables = set(re.findall(r"([A-Z_]+)=\S+", " ".join(re.findall(r"^ENV (.*)$", last_stage, re.MULTILINE))))

    assert variables - {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"} <= sources.documented().keys()
    assert re.findall(r"^USER (.*)$", last_stage, re.MULTILINE) == ["portal"]
    assert "--require-hashes" in text
