"""How gunicorn serves the pages; the address and the number of workers come from the environment."""

import os
from pathlib import Path

bind = f"{os.environ.get('ONESTOP_HOST', '127.0.0.1')}:{os.environ.get('ONESTOP_PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # loaded once for all workers
graceful_timeout = 5
timeout = 60
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  gunicorn's own heartbeat files
control_socket_disable = True  # it would be a file in the user's home
errorlog = "-"
