#include "text.h"

#include <stdio.h>
#include <string.h>

static const char *const texts[T_COUNT][LANG_COUNT] = {
    [T_USAGE] =
        {"Usage: labserver [OPTION]...\n"
         "A small web server that serves your own page, and pages that misbehave on purpose under /lab/.\n\n",
         "用法：labserver [选项]...\n"
         "一个小型网页服务器：展示你自己的页面，并在 /lab/ 下提供故意制造各种网络异常的页面。\n\n"},
    [T_EXIT_CODES] = {"\nExit codes: 0 fine, 1 the work failed, 2 used wrongly. See labserver(1).\n",
                      "\n退出码：0 正常，1 运行失败，2 用法错误。另见 labserver(1)。\n"},
    [T_OPT_PORT] = {"port to listen on (8080); 0 picks a free one and prints it",
                    "监听的端口（8080）；0 表示自动选择并打印"},
    [T_OPT_BIND] = {"address to listen on (::, which is every IPv6 and IPv4 address)",
                    "监听的地址（::，即所有 IPv6 和 IPv4 地址）"},
    [T_OPT_ROOT] = {"folder with the files to serve (our own page)",
                    "要提供的文件所在的文件夹（默认是自带页面）"},
    [T_OPT_CONFIG] = {"file with your name, student number and so on (DIR/student.ini)",
                      "写有姓名、学号等内容的配置文件（DIR/student.ini）"},
    [T_OPT_KEEPALIVE_TIMEOUT] = {"how long an idle connection is kept (5); 0 closes after every response",
                                 "空闲连接保留的秒数（5）；0 表示每次响应后关闭"},
    [T_OPT_KEEPALIVE_MAX] = {"requests answered on one connection (100); 0 sets no limit",
                             "一个连接上最多应答的请求数（100）；0 表示不限"},
    [T_OPT_ACCESS_LOG] = {"log requests in the combined format; - is standard output",
                          "以 combined 格式记录每个请求；- 表示标准输出"},
    [T_OPT_NO_SCENARIOS] = {"leave out the pages under /lab/", "不提供 /lab/ 下的页面"},
    [T_OPT_CLOSED_PORT] = {"where /lab/closed-port leads to (0: the system picks); nobody may listen there",
                           "/lab/closed-port 指向的端口（0：由系统选择）；该端口上不能有程序监听"},
    [T_OPT_SLOW_PORT] = {"where /lab/slow-accept leads to (0: the system picks)",
                         "/lab/slow-accept 指向的端口（0：由系统选择）"},
    [T_OPT_MAX_CONNECTIONS] = {"connections at a time (as many as the system allows, 16384 at most)",
                               "同时的连接数（默认为系统允许的数目，最多 16384）"},
    [T_OPT_MAX_PER_ADDRESS] = {"connections at a time from one address (2000); 0 sets no limit",
                               "每个地址同时的连接数（2000）；0 表示不限"},
    [T_OPT_MAX_BODY] = {"largest request body in bytes (16777216); more is refused with 413",
                        "请求体的最大字节数（16777216）；超过则以 413 拒绝"},
    [T_OPT_HEADER_TIMEOUT] = {"seconds in which a request's header must be complete (20)",
                              "请求首部必须在多少秒内收完（20）"},
    [T_OPT_USER] = {"when started as root, serve as this user (nobody); root stays root",
                    "以 root 启动时，改用此用户运行（nobody）；root 表示不改"},
    [T_OPT_QR_CODE] = {"print the first URL as a QR code even if the output is no terminal",
                       "即使输出不是终端，也把第一个网址打印为二维码"},
    [T_OPT_INIT] = {"write a folder to begin your own page with, and end",
                    "生成一个用来开始制作自己页面的文件夹，然后结束"},
    [T_OPT_NO_COMPRESSION] = {"send every text as it is, even to clients that accept gzip",
                              "所有文本都原样发送，即使客户端接受 gzip"},
    [T_OPT_LANGUAGE] = {"language of messages: auto, en or zh (auto)", "消息的语言：auto、en 或 zh（auto）"},
    [T_OPT_HELP] = {"show this help", "显示本帮助"},
    [T_OPT_VERSION] = {"show the version", "显示版本"},
    [T_BAD_OPTION] = {"there is no option {1}; labserver --help lists them",
                      "没有选项 {1}；用 labserver --help 查看全部选项"},
    [T_MISSING_VALUE] = {"option {1} needs a value, as in {1} {2}", "选项 {1} 需要一个值，例如 {1} {2}"},
    [T_UNWANTED_VALUE] = {"option {1} takes no value; write it alone", "选项 {1} 不带值；请单独写"},
    [T_UNWANTED_ARGUMENT] = {"'{1}' is no option; to serve a folder write --root {1}",
                             "“{1}”不是选项；要提供某个文件夹请写 --root {1}"},
    [T_BAD_NUMBER] = {"{1} '{2}' is not a whole number from {3} to {4}; choose one in that range",
                      "{1} 的值“{2}”不是 {3} 到 {4} 之间的整数；请在此范围内选择"},
    [T_SAME_PORT] = {"{1} {2} is the port of {3} already; name another, or 0 for any",
                     "{1} {2} 与 {3} 是同一个端口；请指定另一个端口，或用 0 表示任意端口"},
    [T_BAD_LANGUAGE] = {"{1} '{2}' is unknown; write auto, en or zh",
                        "{1} 的值“{2}”未知；请写 auto、en 或 zh"},
    [T_NO_TLS] = {"--tls is not available in this version; leave it out to serve plain HTTP",
                  "此版本尚不支持 --tls；去掉它即可使用普通 HTTP"},
    [T_BAD_ADDRESS] = {"--bind '{1}' is no IP address; write one such as 127.0.0.1 or ::",
                       "--bind 的值“{1}”不是 IP 地址；请写 127.0.0.1 或 :: 这样的地址"},
    [T_FOREIGN_ADDRESS] =
        {"--bind {1}: this machine does not have that address; 'ip address' lists those it has",
         "--bind {1}：本机没有这个地址；用 ip address 查看本机的地址"},
    [T_PORT_IN_USE] = {"port {1} is in use on {2}; choose another with --port N (0 picks a free one), "
                       "or see who has it with 'ss -ltnp sport = :{1}'",
                       "{2} 上的端口 {1} 已被占用；用 --port N 换一个（0 自动选择），或用 ss -ltnp sport = "
                       ":{1} 查看占用者"},
    [T_PORT_FORBIDDEN] = {"port {1} is reserved for root; choose one from 1024 on, for example --port 8080",
                          "端口 {1} 只有 root 可用；请选 1024 以上的端口，例如 --port 8080"},
    [T_LISTEN_FAILED] = {"cannot listen on {1} port {2}: {3}", "无法监听 {1} 端口 {2}：{3}"},
    [T_START_FAILED] = {"the HTTP library did not start: {1}", "HTTP 库启动失败：{1}"},
    [T_NO_DEFAULT_ROOT] =
        {"our own page is not installed beside the program ({1}); name a folder with --root DIR",
         "程序旁边没有自带页面（{1}）；请用 --root DIR 指定文件夹"},
    [T_ROOT_UNREADABLE] = {"cannot read the folder '{1}': {2}; name another with --root DIR",
                           "无法读取文件夹“{1}”：{2}；请用 --root DIR 指定别的文件夹"},
    [T_ROOT_NO_FOLDER] = {"'{1}' is a file; --root wants the folder that holds it",
                          "“{1}”是文件；--root 需要的是它所在的文件夹"},
    [T_ROOT_WITHOUT_INDEX] = {"note: '{1}' has no index.html, so that / answers 404",
                              "注意：“{1}”中没有 index.html，访问 / 会得到 404"},
    [T_ROOT_TOO_LARGE] = {"the folder '{1}' has more than {2} files; name a smaller one with --root DIR",
                          "文件夹“{1}”中的文件超过 {2} 个；请用 --root DIR 指定小一些的文件夹"},
    [T_FILE_UNREADABLE] = {"note: '{1}' is left out: {2}", "注意：略过“{1}”：{2}"},
    [T_LINK_SKIPPED] = {"note: '{1}' is left out because it is a symbolic link; copy the file instead",
                        "注意：略过“{1}”，因为它是符号链接；请改为复制文件"},
    [T_PAGE_NOT_UTF8] = {"note: '{1}' is not UTF-8, so that nothing is filled in; save it as UTF-8",
                         "注意：“{1}”不是 UTF-8 编码，其中的占位符不会被替换；请另存为 UTF-8"},
    [T_LOG_UNWRITABLE] = {"cannot write the access log '{1}': {2}; name another file with --access-log FILE",
                          "无法写入访问日志“{1}”：{2}；请用 --access-log FILE 指定别的文件"},
    [T_CONFIG_UNREADABLE] = {"cannot read the config file '{1}': {2}; check the name given with --config",
                             "无法读取配置文件“{1}”：{2}；请检查 --config 后的文件名"},
    [T_CONFIG_NOT_UTF8] = {"'{1}' line {2}: not UTF-8; save the file as UTF-8",
                           "“{1}”第 {2} 行：不是 UTF-8 编码；请把文件另存为 UTF-8"},
    [T_CONFIG_BAD_LINE] = {"'{1}' line {2}: '{3}' is neither key=value, nor [group], nor a # comment",
                           "“{1}”第 {2} 行：“{3}”既不是 键=值，也不是 [组]，也不是 # 注释"},
    [T_CONFIG_NO_GROUP] = {"'{1}' has no line [student]; put it before the first key=value",
                           "“{1}”中没有 [student] 这一行；请写在第一个 键=值 之前"},
    [T_CONFIG_BAD_VALUE] =
        {"'{1}': the value of {2} cannot be read; a backslash is written \\\\, a new line \\n",
         "“{1}”：{2} 的值无法解析；反斜杠要写成 \\\\，换行写成 \\n"},
    [T_CONFIG_BAD_LANGUAGE] = {"'{1}': language={2} is unknown; write auto, en or zh",
                               "“{1}”：language={2} 未知；请写 auto、en 或 zh"},
    [T_CONFIG_UNUSED_KEY] =
        {"note: '{1}': no page shows the key {2}; write {{{2}}} in a page, or correct the key",
         "注意：“{1}”：没有页面用到键 {2}；请在页面中写 {{{2}}}，或更正键名"},
    [T_KEPT_OLD_SITE] = {"'{1}' could not be read again; the files read before are still served",
                         "重新读取“{1}”失败；继续使用之前读入的文件"},
    [T_THIS_COMPUTER] = {"on this computer", "在本机访问"},
    [T_OTHER_COMPUTERS] = {"from other computers", "从其他计算机访问"},
    [T_TOO_MANY_BINDS] = {"--bind '{1}' is one too many; at most {2} are possible",
                          "--bind '{1}'：太多了；最多 {2} 个"},
    [T_NO_USER] = {"--user '{1}': there is no such user; name one of /etc/passwd",
                   "--user '{1}'：没有这个用户；请写 /etc/passwd 中的用户"},
    [T_USER_FAILED] =
        {"cannot become the user '{1}': {2}; name another with --user NAME, or stay root with --user root",
         "无法切换为用户“{1}”：{2}；请用 --user NAME 指定别的用户，或用 --user root 保持 root"},
    [T_USER_CANNOT_READ] =
        {"note: '{1}' was read as root; changes in it will not be seen, because the user {2} may not read it "
         "(see --user)",
         "注意：“{1}”是以 root 身份读取的；之后的改动不会生效，因为用户 {2} 无权读取它（见 --user）"},
    [T_NO_QR] =
        {"--qr-code: this labserver was built without libqrencode; install libqrencode-dev and build again",
         "--qr-code：此 labserver 编译时没有 libqrencode；请安装 libqrencode-dev 后重新编译"},
    [T_INIT_FAILED] = {"--init: cannot write '{1}': {2}; name a folder in which you may write",
                       "--init：无法写入“{1}”：{2}；请指定一个可写的文件夹"},
    [T_INIT_NOT_EMPTY] = {"--init: '{1}' is not empty and was left alone; name a new folder",
                          "--init：“{1}”不是空文件夹，未作改动；请指定一个新文件夹"},
    [T_INIT_DONE] = {"Your page is in {1}. Fill in {1}/student.ini, then start: labserver --root {1}",
                     "你的页面在 {1} 中。请填写 {1}/student.ini，然后启动：labserver --root {1}"},
    [T_ERROR_ASKED] = {"You asked for", "你请求的是"},
    [T_ERROR_HOME] = {"To the front page", "回到首页"},
    [T_WHY_HOST_MISSING] = {"An HTTP/1.1 request must name the host in a Host header; this one has none.",
                            "HTTP/1.1 的请求必须用 Host 首部写明主机；这个请求没有。"},
    [T_WHY_HOST_TWICE] = {"The request has more than one Host header. Send exactly one.",
                          "请求中有不止一个 Host 首部。只能有一个。"},
    [T_WHY_HOST_BAD] = {"The Host header is not a host name with an optional port.",
                        "Host 首部不是“主机名[:端口]”的形式。"},
    [T_WHY_LENGTH_TWICE] =
        {"The request has more than one Content-Length, so that nobody can tell where it ends.",
         "请求中有不止一个 Content-Length，无法判断请求在哪里结束。"},
    [T_WHY_LENGTH_AND_CHUNKED] =
        {"The request has both Content-Length and Transfer-Encoding. Two readers could see two "
         "different requests; send only one of them.",
         "请求同时带有 Content-Length 和 Transfer-Encoding，不同的程序会读出不同的请求；只能用其中一个。"},
    [T_WHY_CODING] = {"The only Transfer-Encoding understood here is chunked, once.",
                      "这里只支持一种 Transfer-Encoding：chunked，且只能出现一次。"},
    [T_WHY_LENGTH_BAD] = {"Content-Length is not a whole number of bytes.",
                          "Content-Length 不是整数字节数。"},
    [T_WHY_HEADER_BAD] = {"A header line is malformed: a name is letters, digits and dashes, right before "
                          "the colon, and a value "
                          "has no control characters.",
                          "有一行首部格式错误：名称由字母、数字和连字符组成并紧跟冒号，值中不能有控制字符。"},
    [T_WHY_TOO_MANY_HEADERS] = {"The request has more than 100 header lines.", "请求的首部超过 100 行。"},
    [T_WHY_EXPECT] = {"The only expectation that can be met is 100-continue.",
                      "只能满足 100-continue 这一种 Expect。"},
    [T_WHY_TARGET_LONG] = {"The address has more than 8000 bytes.", "地址超过 8000 字节。"},
    [T_WHY_TARGET_FORM] = {"The address must begin with / or http://.", "地址必须以 / 或 http:// 开头。"},
    [T_WHY_BODY_LARGE] = {"The request body is larger than {1} bytes, which is the limit here (--max-body).",
                          "请求体超过 {1} 字节，这是此处的上限（--max-body）。"},
    [T_WHY_PATH_ENCODING] = {"A % in the path must be followed by two hexadecimal digits, and not by 00.",
                             "路径中的 % 后面必须是两位十六进制数字，且不能是 00。"},
    [T_WHY_METHOD_UNKNOWN] = {"The server does not know the method {1}.", "服务器不认识方法 {1}。"},
    [T_WHY_METHOD_NOT_ALLOWED] = {"The method {1} is not allowed here. Allowed: {2}.",
                                  "这里不允许使用方法 {1}。允许的方法：{2}。"},
    [T_WHY_NOT_FOUND] = {"There is no such page. Check the spelling; upper and lower case differ.",
                         "没有这个页面。请检查拼写；大小写有区别。"},
    [T_WHY_NO_SCENARIO] = {"There is no such scenario. The list is at /lab/.",
                           "没有这个场景。全部场景见 /lab/。"},
    [T_WHY_BAD_STATUS] = {"'{1}' is not a status code that a final response can have. Try /lab/status/418.",
                          "“{1}”不是最终响应可以使用的状态码。可以试试 /lab/status/418。"},
    [T_WHY_BAD_ARGUMENT] = {"{1}='{2}' is not a whole number from {3} to {4}.",
                            "{1}=“{2}”不是 {3} 到 {4} 之间的整数。"},
    [T_WHY_RANGE] = {"The range begins behind the end: the file has {1} bytes.",
                     "请求的范围超出文件末尾：文件共 {1} 字节。"},
    [T_WHY_PRECONDITION] = {"The file is not the version that If-Match or If-Unmodified-Since asked for.",
                            "文件不是 If-Match 或 If-Unmodified-Since 所要求的版本。"},
    [T_WHY_TOO_MANY_PLAYS] = {"Too many of these are running already. Wait ten seconds and try again.",
                              "正在进行的这类场景太多。请等十秒后再试。"},
    [T_WHY_NO_PORT] = {"The system has no port left for this. Try again later.",
                       "系统没有可用的端口。请稍后再试。"},
    [T_FORM_TITLE] = {"Send something", "发送一些内容"},
    [T_FORM_INTRO] =
        {"What you send is shown back to you and not kept. In the capture you find it again, byte by byte.",
         "你发送的内容会显示给你看，不会被保存。在抓包中可以逐字节地找到它。"},
    [T_FORM_TEXT] = {"A form", "表单"},
    [T_FORM_UPLOAD] = {"A file", "文件"},
    [T_FORM_NAME] = {"Name", "姓名"},
    [T_FORM_MESSAGE] = {"Message", "留言"},
    [T_FORM_FILE] = {"File", "文件"},
    [T_FORM_BYTES] = {"Bytes", "字节数"},
    [T_FORM_GOT] = {"This is what arrived", "收到的内容"},
    [T_FORM_SIZE] = {"The body of the request has {1} bytes.", "请求体共 {1} 字节。"},
    [T_FORM_BROKEN] = {"It does not follow the rules of the form's format: what could be read is below.",
                       "它不符合表单格式的规则：下面是能读出的部分。"},
    [T_FORM_LEFT_OUT] = {"{1} more are not shown.", "还有 {1} 项未显示。"},
    [T_FORM_AGAIN] = {"Send something else", "再发送一次"},
    [T_LAB_TITLE] = {"Scenarios", "网络场景"},
    [T_LAB_INTRO] =
        {"Each of these pages makes something happen on the wire. Start a capture, open one, and find it "
         "with the "
         "display filter beside it.",
         "下面每个页面都会在网络上制造一种现象。先开始抓包，再打开页面，然后用旁边的显示过滤器找到它。"},
    [T_LAB_WIRE] = {"On the wire", "网络上发生的事"},
    [T_LAB_LOOK] = {"Look for", "寻找"},
    [T_LAB_COMMAND] = {"In a shell", "命令行"},
    [T_LAB_SEND] = {"Send the form", "提交表单"},
    [T_LAB_COUNT] = {"This is response number {1} on its connection.", "这是本连接上的第 {1} 个响应。"},
    [T_LAB_VISITS] = {"By your cookie this is visit number {1}.", "根据你的 cookie，这是第 {1} 次访问。"},
    [T_LAB_FILTER] = {"Display filter", "显示过滤器"},
    [T_LAB_RUN] = {"Run it", "运行"},
    [T_LAB_BACK] = {"All scenarios", "全部场景"},
    [T_LAB_SLOW] = {"The first byte of this page came {1} ms after the request.",
                    "本页的第一个字节在请求到达 {1} 毫秒之后才发出。"},
    [T_LAB_REDIRECTED] = {"The page is at another address.", "页面在另一个地址。"},
    [T_LAB_STATUS] = {"You asked for this status code, so here it is.", "这是你指定的状态码。"},
};

static Lang terminal_language = LANG_EN;

void text_set_language(Lang lang)
{
    terminal_language = lang;
}

Lang text_language(void)
{
    return terminal_language;
}

Lang text_environment_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);
        if (value && *value)
            return g_str_has_prefix(value, "zh") ? LANG_ZH : LANG_EN;
    }
    return LANG_EN;
}

const char *text_language_token(Lang lang)
{
    return lang == LANG_ZH ? "zh" : "en";
}

gboolean text_parse_language(const char *token, Lang automatic, Lang *lang)
{
    if (!strcmp(token, "auto"))
        *lang = automatic;
    else if (!strcmp(token, "en"))
        *lang = LANG_EN;
    else if (!strcmp(token, "zh"))
        *lang = LANG_ZH;
    else
        return FALSE;
    return TRUE;
}

const char *text(Lang lang, TextId id)
{
    return texts[id][lang];
}

char *text_fill_format(const char *format, char *const values[])
{
    GString *out = g_string_new(NULL);
    gsize count = g_strv_length((char **)values);

    for (const char *p = format; *p; p++) {
        gboolean slot = p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}';
        if (slot && (gsize)(p[1] - '1') < count) {
            g_string_append(out, values[p[1] - '1']);
            p += 2;
        } else {
            g_string_append_c(out, *p);
        }
    }
    return g_string_free(out, FALSE);
}

/* As many values as there are digits for slots. */
#define SLOTS 9

static char *fill(Lang lang, TextId id, va_list values)
{
    char *list[SLOTS + 1] = {NULL};

    for (int i = 0; i < SLOTS && (list[i] = va_arg(values, char *)); i++)
        ;
    return text_fill_format(text(lang, id), list);
}

char *text_fill(Lang lang, TextId id, ...)
{
    va_list values;

    va_start(values, id);
    char *result = fill(lang, id, values);
    va_end(values);
    return result;
}

void complain(TextId id, ...)
{
    va_list values;

    va_start(values, id);
    g_autofree char *message = fill(terminal_language, id, values);
    va_end(values);
    fprintf(stderr, "labserver: %s\n", message);
}
