"""A Spark cluster on this machine: python spark_cluster.py FOLDER TOKEN

A master, two workers with an executor each, and Spark Connect, which requires the token. A proxy adds TLS with a
self-signed certificate. Prints one per line: the port of Spark Connect, the TLS port, the certificate's file, the
driver's file, and the process group of the first worker. Serves until standard input ends; logs are in the folder.
"""

import asyncio
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import adbc_driver_spark
import pyspark

folder, token = Path(sys.argv[1]), sys.argv[2]
folder.mkdir()
home = Path(pyspark.__file__).parent
java = Path(shutil.which("java")).resolve().parent.parent
environment = os.environ | {
    "JAVA_HOME": str(java),
    "SPARK_HOME": str(home),
    "SPARK_LOCAL_IP": "127.0.0.1",
    "SPARK_DAEMON_MEMORY": "512m",
}
started = []


def free_port():
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return own.getsockname()[1]


def start(name, *arguments):
    """Starts a program in a new process group, which includes its child processes."""
    with open(folder / name, "wb") as log:
        program = subprocess.Popen(
            [str(argument) for argument in arguments],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    started.append(program)
    return program


def end():
    for program in started:
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait_for(text, name, times=1):
    """Waits until the log of a program contains a text at least `times` times."""
    for _ in range(480):
        if (folder / name).read_bytes().count(text.encode()) >= times:
            return
        time.sleep(0.25)
    raise TimeoutError(f"{name} did not come up: see {folder / name}")


def certificate():
    """Makes a self-signed certificate for this machine."""
    files = folder / "key.pem", folder / "certificate.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext", names]
    subprocess.run([*command, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
    return files


async def copy(reader, writer):
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve_tls(port, plain_port, key, public):
    """Terminates TLS at `port`, like a proxy in front of a warehouse."""

    async def forward(reader, writer):
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", plain_port)
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, key)
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(forward, "127.0.0.1", port, ssl=context)
    await server.serve_forever()


def run():
    master_port, port, tls_port = free_port(), free_port(), free_port()
    master = f"spark://127.0.0.1:{master_port}"
    spark_class = home / "bin/spark-class"
    start(
        "master", spark_class, "org.apache.spark.deploy.master.Master",
        "--host", "127.0.0.1", "--port", master_port, "--webui-port", free_port(),
    )  # fmt: skip
    wait_for("New state: ALIVE", "master")
    workers = [
        start(
            f"worker{idx}", spark_class, "org.apache.spark.deploy.worker.Worker",
            "--cores", 1, "--memory", "2g", "--work-dir", folder / f"work{idx}", "--webui-port", free_port(), master,
        )
        for idx in (1, 2)
    ]  # fmt: skip
    wait_for("Registering worker", "master", 2)
    settings = {
        "spark.connect.grpc.binding.port": port,
        "spark.connect.authenticate.token": token,
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.local.dir": folder / "local",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": 16,
        # Small tasks, so that a query has many: a worker can be lost between two of them.
        "spark.sql.files.maxPartitionBytes": 16_384,
        "spark.sql.files.openCostInBytes": 0,
        "spark.sql.adaptive.coalescePartitions.enabled": "false",
    }
    options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    start(
        "connect", home / "bin/spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
        "--name", "connect", "--master", master, "--driver-memory", "1g", "--executor-memory", "1g", "--executor-cores", 1,
        *options, "spark-internal",
    )  # fmt: skip
    wait_for("Spark Connect server started", "connect")
    key, public = certificate()
    serving = threading.Thread(target=lambda: asyncio.run(serve_tls(tls_port, port, key, public)), daemon=True)
    serving.start()
    print(port, tls_port, public, adbc_driver_spark._driver_path(), workers[0].pid, sep="\n", flush=True)
    sys.stdin.read()


try:
    run()
finally:
    end()
# The proxy's thread never ends by itself.
os._exit(0)
