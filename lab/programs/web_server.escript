#!/usr/bin/env escript
%% A server on Erlang's ssl, with the log of the runtime: web_server.escript HOST PORT CERT CLIENTS VERSION
main([Host, Port, Cert, Clients, Version]) ->
    {ok, _} = application:ensure_all_started(ssl),
    {ok, Address} = inet:parse_address(Host),
    Options = [{ip, Address}, {reuseaddr, true}, {active, false}, {certfile, Cert ++ ".pem"},
               {keyfile, Cert ++ ".key"}, {versions, versions(Version)} | clients(Clients)],
    {ok, Listener} = ssl:listen(list_to_integer(Port), Options),
    serve(Listener).

versions("1.2") -> ['tlsv1.2'];
versions("1.3") -> ['tlsv1.3'];
versions(_) -> ['tlsv1.2', 'tlsv1.3'].

clients("") -> [];
clients(Name) -> [{verify, verify_peer}, {fail_if_no_peer_cert, true}, {cacertfile, Name}].

serve(Listener) ->
    {ok, Connection} = ssl:transport_accept(Listener),
    spawn(fun() -> receive go -> talk(Connection) end end) ! go,
    serve(Listener).

talk(Connection) ->
    case ssl:handshake(Connection, 5000) of
        {ok, Socket} ->
            ssl:recv(Socket, 0, 3000),
            ssl:send(Socket, "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"),
            ssl:close(Socket);
        {error, Reason} ->
            logger:warning("handshake failed: ~p", [Reason])
    end.
