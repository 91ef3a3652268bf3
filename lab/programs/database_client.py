"""A client of MySQL: `database_client.py HOST PORT [plain | VERSION]`; VERSION alone is offered."""

import ssl
import sys

import pymysql


def main():
    host, port, *words = sys.argv[1:]
    context = ssl.create_default_context(cafile="root.crt")
    if words and words != ["plain"]:
        version = getattr(ssl.TLSVersion, "TLSv" + words[0].replace(".", "_"))
        context.minimum_version = context.maximum_version = version
    try:
        connection = pymysql.connect(host=host, port=int(port), user="lab", connect_timeout=5,
                                     ssl=None if words == ["plain"] else context)
        with connection, connection.cursor() as cursor:
            cursor.execute("select 'hello'")
            print(cursor.fetchone()[0])
    except pymysql.Error as failure:
        print("error:", failure)
        sys.exit(1)


main()
