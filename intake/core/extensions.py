"""Flask extensions, unbound; `create_app` binds them."""

from flask_babel import Babel
from flask_mail import Mail
from flask_wtf import CSRFProtect

babel = Babel()
csrf = CSRFProtect()
mail = Mail()
