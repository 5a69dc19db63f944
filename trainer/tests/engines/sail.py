"""Sail, a Spark in Rust, on a free port, with a CSV file as a Parquet folder: python sail.py RECORDS.csv FOLDER

Prints the port and the driver's file, one per line, and serves until standard input ends.
"""

import os
import sys

import adbc_driver_spark
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession

csv, folder = sys.argv[1:]
server = SparkConnectServer(ip="127.0.0.1", port=0)
server.start(background=True)
_, port = server.listening_address
spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
types = "pupil_id STRING, course STRING, school STRING, grade DOUBLE, reading DOUBLE, score DOUBLE"
spark.read.schema(types).csv(csv, header=True).write.parquet(folder)
print(port, adbc_driver_spark._driver_path(), sep="\n", flush=True)
sys.stdin.read()
# Stopping the server waits for sessions that clients have left open.
os._exit(0)
