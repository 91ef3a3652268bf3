"""A client of MySQL: `database_client.py HOST PORT [VERSION]`; the version is the only one offered."""

import sys

import pymysql

from connections import trust


def main():
    host, port, *version = sys.argv[1:]
    try:
        connection = pymysql.connect(host=host, port=int(port), user="lab", connect_timeout=5,
                                     ssl=trust(*version))
        with connection, connection.cursor() as cursor:
            cursor.execute("select 'hello'")
            print(cursor.fetchone()[0])
    except pymysql.Error as failure:
        print("error:", failure)
        sys.exit(1)


main()
