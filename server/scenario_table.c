#include "scenario.h"

const Scenario scenarios[] = {
    {"rst-before-response",
     "rst-before-response",
     scenario_reset_before,
     0,
     {"Reset instead of an answer", "不应答，直接复位"},
     {"The server acknowledges the request, then sends a RST and no response. The browser says that the "
      "connection was "
      "reset; it may try once more.",
      "服务器确认收到请求后不给响应，直接发出 RST。浏览器会提示连接被重置，有时会自动重试一次。"},
     "lab.rst.by == \"server\" && lab.rst.cause == \"abort\""},
    {"server-aborted-response",
     "server-aborted-response",
     scenario_body,
     BODY_RESET,
     {"Reset in the middle of a response", "响应发送到一半时复位"},
     {"Content-Length promises 100000 bytes; after 20000 the server sends a RST. What had arrived may be "
      "lost too.",
      "Content-Length 声明有 100000 字节，服务器只发 20000 字节就发出 RST。已到达的数据也可能丢失。"},
     "lab.rst.cause == \"server-aborted-response\""},
    {"rst-after-response",
     "rst-after-response",
     scenario_after,
     AFTER_RESET,
     {"Reset after a complete response", "响应完整发送后复位"},
     {"The response arrives whole and is acknowledged; 200 ms later the server ends the idle connection with "
      "a RST "
      "instead of a FIN. Nothing is lost.",
      "响应完整到达并得到确认；200 毫秒后服务器用 RST（而不是 FIN）结束空闲连接。没有数据丢失。"},
     "lab.rst.by == \"server\" && lab.rst.impact == \"nothing-lost\""},
    {"slow-first-byte",
     "slow-first-byte?ms=2000",
     scenario_slow,
     0,
     {"Slow first byte", "首字节很慢"},
     {"The request is acknowledged at once, the first byte of the response comes after the given "
      "milliseconds (0 to "
      "30000).",
      "请求马上得到确认，但响应的第一个字节要等指定的毫秒数（0 到 30000）之后才到。"},
     "lab.http.wait >= 1"},
    {"chunked",
     "chunked",
     scenario_body,
     BODY_CHUNKED,
     {"Chunked response", "分块传输的响应"},
     {"No Content-Length: ten chunks of 1000 bytes, 100 ms apart, each with its own length, and a last one "
      "of length 0.",
      "没有 Content-Length：每隔 100 毫秒发送一个 1000 字节的块，共十块，每块写明自己的长度，最后是长度为 0 "
      "的块。"},
     "http.transfer_encoding == \"chunked\""},
    {"truncated-body",
     "truncated-body",
     scenario_body,
     BODY_TRUNCATED,
     {"Truncated body", "响应体被截断"},
     {"Content-Length promises 100000 bytes; after 20000 the server closes with a FIN, as if all were sent. "
      "Only the "
      "count shows that something is missing.",
      "Content-Length 声明有 100000 字节，服务器发完 20000 字节就用 FIN "
      "正常关闭。只有数一数字节才知道缺了内容。"},
     "lab.anomaly == \"truncated-body\""},
    {"connection-close",
     "connection-close",
     scenario_close,
     0,
     {"Connection: close", "Connection: close"},
     {"The response says Connection: close, and the server's FIN follows it at once: a teardown that the "
      "server begins.",
      "响应带有 Connection: close，服务器随即发出 FIN：由服务器先开始的连接释放。"},
     "lab.close.reason == \"connection-close\""},
    {"keepalive-early",
     "keepalive-early",
     scenario_early,
     1,
     {"Keep-alive promise not kept", "没有遵守的保活承诺"},
     {"The response announces Keep-Alive: timeout=60, but the server closes the idle connection after one "
      "second.",
      "响应声明 Keep-Alive: timeout=60，但服务器一秒后就关闭了空闲连接。"},
     "lab.close.first == \"server\" && lab.close.reason == \"idle-timeout\""},
    {"half-close",
     "half-close",
     scenario_after,
     AFTER_HALF_CLOSE,
     {"Half-close", "半关闭"},
     {"After the response the server sends a FIN but goes on reading: it stays in FIN-WAIT-2 until the "
      "client closes its "
      "side too.",
      "响应之后服务器发出 FIN，但仍继续接收：它停留在 FIN-WAIT-2，直到客户端也关闭自己这一侧。"},
     "lab.state.server == \"FIN-WAIT-2\""},
    {"redirect",
     "redirect?hops=3",
     scenario_redirect,
     0,
     {"Redirects", "重定向"},
     {"Each response is a 302 with the next address in Location, as many as hops says (1 to 20); then this "
      "index follows. "
      "All on one connection.",
      "每个响应都是 302，并在 Location 中给出下一个地址，次数由 hops 指定（1 到 "
      "20），最后回到本页。都在同一个连接上。"},
     "lab.http.status == 302"},
    {"status/",
     "status/418",
     scenario_status,
     0,
     {"Any status code", "任意状态码"},
     {"The response has the status code that the address names, for example /lab/status/503.",
      "响应使用地址中写明的状态码，例如 /lab/status/503。"},
     "lab.http.status >= 400"},
};

const guint scenario_count = G_N_ELEMENTS(scenarios);
