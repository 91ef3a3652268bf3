%% A page fetched as Erlang programs do it: `escript fetch.erl WAY URL [CERTIFICATE]`.
%% WAY is ssl or httpc. What OTP logs of it goes to the terminal.

main([Way, Url | Names]) ->
    {ok, _} = application:ensure_all_started(ssl),
    {ok, _} = application:ensure_all_started(inets),
    #{host := Host, port := Port} = uri_string:parse(Url),
    Pair = [{certfile, Name ++ ".pem"} || Name <- Names] ++ [{keyfile, Name ++ ".key"} || Name <- Names],
    Check = public_key:pkix_verify_hostname_match_fun(https),
    Options = [{verify, verify_peer}, {cacertfile, "root.crt"}, {server_name_indication, Host},
               {customize_hostname_check, [{match_fun, Check}]} | Pair],
    Answer = case Way of
        "ssl" -> ask(ssl:connect(Host, Port, [{active, false} | Options], 5000));
        "httpc" -> httpc:request(get, {Url, []}, [{ssl, Options}, {timeout, 5000}], [])
    end,
    case Answer of
        {ok, {{_, Status, _}, _, _}} -> io:format("HTTP ~p~n", [Status]);
        {error, _} -> io:format("~p~n", [Answer]);
        Told -> io:format("~s~n", [Told])
    end,
    timer:sleep(200).

ask({ok, Socket}) ->
    ok = ssl:send(Socket, "GET / HTTP/1.0\r\n\r\n"),
    case ssl:recv(Socket, 0, 5000) of
        {ok, Data} -> io_lib:format("read ~p bytes", [length(Data)]);
        Failure -> Failure
    end;
ask(Failure) -> Failure.
