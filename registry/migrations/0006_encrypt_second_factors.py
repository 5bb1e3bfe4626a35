from django.db import migrations

from registry.accounts.second_factor import encrypt_all


def encrypt(apps, schema_editor):
    encrypt_all(apps.get_model("mfa", "Authenticator").objects.all())


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_initiatives_by_name"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
