import pytest

import config

PRODUCTION = {
    "INTAKE_ENV": "production",
    "INTAKE_BASE_URL": "https://intake.example.com",
    "INTAKE_SMTP_HOST": "mail.example.com",
    "INTAKE_MAIL_FROM": "clinic@example.com",
}


@pytest.fixture
def environ(tmp_path):
    return {**PRODUCTION, "INSTANCE": str(tmp_path)}


def test_complete_production_settings_are_accepted(environ):
    settings = config.load(environ)
    assert settings.is_production
    assert settings.uses_https
    assert settings.trusted_hosts == ["intake.example.com"]
    assert settings.smtp.security == "starttls"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTAKE_ENV", ""),
        ("INTAKE_ENV", "zq-wrong"),
        ("INTAKE_BASE_URL", ""),
        ("INTAKE_BASE_URL", "http://zq-wrong.example.com"),
        ("INTAKE_BASE_URL", "zq-wrong.example.com"),
        ("INTAKE_STAFF_BASE_URL", "http://staff.example.com"),
        ("INTAKE_SITES", "zq-wrong"),
        ("INTAKE_SMTP_HOST", ""),
        ("INTAKE_SMTP_PORT", "zq-wrong"),
        ("INTAKE_SMTP_SECURITY", "none"),
        ("INTAKE_SMTP_SECURITY", "zq-wrong"),
        ("INTAKE_MAIL_FROM", ""),
        ("INTAKE_TRUSTED_PROXIES", "-1"),
    ],
)
def test_a_wrong_setting_is_named_but_its_value_is_not_shown(environ, name, value):
    with pytest.raises(config.SettingsError) as refusal:
        config.load({**environ, name: value})
    assert name in str(refusal.value)
    assert "zq-wrong" not in str(refusal.value)


def test_every_wrong_setting_is_named_at_once(environ):
    wrong = {**environ, "INTAKE_SMTP_PORT": "x", "INTAKE_SITES": "y"}
    with pytest.raises(config.SettingsError) as refusal:
        config.load(wrong)
    assert "INTAKE_SMTP_PORT" in str(refusal.value)
    assert "INTAKE_SITES" in str(refusal.value)


def test_a_web_server_does_not_start_without_being_told_where_it_runs(tmp_path):
    with pytest.raises(config.SettingsError):
        config.load({"INSTANCE": str(tmp_path)})


def test_a_command_typed_on_a_fresh_machine_runs_as_development(tmp_path):
    settings = config.load({"INSTANCE": str(tmp_path), "FLASK_RUN_FROM_CLI": "true"})
    assert settings.environment == "development"


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "settings.env").write_text("# comment\nINTAKE_ENV=development\nPORT=5001\n")
    settings = config.load({"INSTANCE": str(tmp_path), "PORT": "5002"})
    assert settings.base_url == "http://127.0.0.1:5002"
    assert settings.environment == "development"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_addresses_get_the_installed_driver(environ, scheme):
    url = f"{scheme}://intake@db.example.com/intake"
    settings = config.load({**environ, "INTAKE_DATABASE_URL": url})
    assert settings.database_url == "postgresql+psycopg://intake@db.example.com/intake"
