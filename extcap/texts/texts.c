#include "texts.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

typedef struct {
    const char *en;
    const char *zh;
} lab_row_t;

static const lab_row_t table[T_COUNT] = {
    [T_DISPLAY] = {"Lab web server", "实验网页服务器"},
    [T_DLT] = {"Ethernet", "以太网"},

    [T_GROUP_SERVER] = {"Web server", "网页服务器"},
    [T_GROUP_CAPTURE] = {"Network", "网络"},
    [T_GROUP_SCRIPT] = {"For scripts", "脚本用"},

    [T_PORT] = {"Port", "端口"},
    [T_PORT_TIP] = {"TCP port that the web server listens on; 0 picks a free one",
                    "网页服务器监听的 TCP 端口；0 表示自动选择空闲端口"},
    [T_ROOT] = {"Folder with your page", "你的网页所在文件夹"},
    [T_ROOT_TIP] =
        {"The folder that holds your own index.html; empty shows the page that comes with the server",
         "存放你自己的 index.html 的文件夹；留空则使用服务器自带的网页"},
    [T_ROOT_EMPTY] = {"the page that comes with it", "自带的网页"},
    [T_CONFIG] = {"Configuration file", "配置文件"},
    [T_CONFIG_TIP] = {"The web server's configuration file: name, student number and so on",
                      "网页服务器的配置文件：姓名、学号等"},
    [T_SERVER] = {"Server program", "服务器程序"},
    [T_SERVER_TIP] = {"Path of labserver; empty looks for it in the usual places",
                      "labserver 的路径；留空则在常用位置查找"},
    [T_SERVER_EMPTY] = {"found by itself", "自动查找"},
    [T_NETWORK] = {"Network", "网络"},
    [T_NETWORK_TIP] =
        {"Where the server runs and is captured. A network of its own looks like a LAN and needs no "
         "administrator rights",
         "服务器运行和抓包的位置。“独立网络”与真实局域网相似，且不需要管理员权限"},
    [T_NETWORK_AUTO] = {"automatic: loopback if allowed, else a network of its own",
                        "自动：有权限时用回环，否则用独立网络"},
    [T_NETWORK_OWN] = {"a network of its own (looks like a LAN)", "独立网络（与局域网相似）"},
    [T_NETWORK_LOOPBACK] = {"loopback (127.0.0.1)", "本机回环（127.0.0.1）"},
    [T_NETWORK_DEVICE] = {"device %s", "网卡 %s"},
    [T_DNS] = {"DNS too", "同时抓取 DNS"},
    [T_DNS_TIP] = {"Also capture name lookups (port 53) on loopback or a device",
                   "在回环或网卡上同时抓取域名解析（53 端口）"},
    [T_LANGUAGE] = {"Language", "语言"},
    [T_LANGUAGE_TIP] = {"Language of the messages", "提示信息所用的语言"},
    [T_LANGUAGE_AUTO] = {"the system's", "跟随系统"},
    [T_CLIENT] = {"Client command", "客户端命令"},
    [T_CLIENT_TIP] =
        {"A shell command to run once the server listens; it finds LAB_URL, LAB_HOST, LAB_PORT and "
         "LAB_CLOSED_PORT in its environment. The capture stops after it",
         "服务器就绪后运行的 shell 命令；环境变量 LAB_URL、LAB_HOST、LAB_PORT、LAB_CLOSED_PORT "
         "可供使用。命令结束后抓包自动停止"},
    [T_CLIENT_LOG] = {"Client's output", "客户端输出"},
    [T_CLIENT_LOG_TIP] = {"File that the client command's output goes to; empty throws it away",
                          "保存客户端命令输出的文件；留空则丢弃"},
    [T_LINGER] = {"Seconds after the client", "客户端结束后等待（秒）"},
    [T_LINGER_TIP] = {"How long the capture goes on after the client command has ended",
                      "客户端命令结束后继续抓包的时间"},
    [T_RESCAN] = {"Look again", "重新查找"},
    [T_DEFAULT] = {"default", "默认"},

    [T_COMMENT] = {"Lab web server at %s, captured by labdump %s. %s",
                   "实验网页服务器 %s，由 labdump %s 抓取。%s"},
    [T_ABOUT_OWN] = {"A network of its own: client %s, server %s.", "独立网络：客户端 %s，服务器 %s。"},
    [T_ABOUT_LOOPBACK] = {"On loopback: no real link, segments of up to 64 KB, checksums not filled in.",
                          "本机回环：没有真实链路，报文段可达 64 KB，校验和未填写。"},
    [T_ABOUT_DEVICE] = {"On the device %s.", "在网卡 %s 上。"},

    [T_USAGE_HEAD] = {"labdump %s: starts the lab's web server and captures its traffic, for Wireshark.\n"
                      "Wireshark runs it as the interface \"lab\": tshark -i lab\n"
                      "By hand: labdump --capture --extcap-interface lab --fifo FILE [OPTIONS]\n",
                      "labdump %s：启动实验网页服务器并抓取其流量，供 Wireshark 使用。\n"
                      "Wireshark 以接口 “lab” 运行它：tshark -i lab\n"
                      "手动运行：labdump --capture --extcap-interface lab --fifo 文件 [选项]\n"},
    [T_USAGE_OPTIONS] = {"\nOptions:\n", "\n选项：\n"},
    [T_USAGE_PROTOCOL] = {"\nWhat Wireshark asks (extcap):\n", "\nWireshark 的调用（extcap）：\n"},
    [T_USAGE_SEE] = {"\nSee labdump(1).\n", "\n详见 labdump(1)。\n"},

    [T_E_NO_VERB] = {"labdump: nothing to do. Wireshark runs it; to see what it can do, run: labdump --help",
                     "labdump：没有要做的事。它由 Wireshark 运行；查看用法：labdump --help"},
    [T_E_NEEDS_VALUE] = {"labdump: the option %s needs a value. See labdump --help.",
                         "labdump：选项 %s 需要一个值。参见 labdump --help。"},
    [T_E_NO_INTERFACE] = {"labdump: say which interface with --extcap-interface lab.",
                          "labdump：请用 --extcap-interface lab 指定接口。"},
    [T_E_INTERFACE] = {"labdump: there is no interface \"%s\" here; the only one is \"lab\".",
                       "labdump：没有接口 “%s”；唯一的接口是 “lab”。"},
    [T_E_FIFO_MISSING] = {"labdump: say with --fifo FILE where the packets go (- is standard output).",
                          "labdump：请用 --fifo 文件 指定数据包的去处（- 表示标准输出）。"},
    [T_E_PORT] = {"labdump: the port \"%s\" is not a number from 0 to 65535 (0 picks a free port).",
                  "labdump：端口 “%s” 不是 0 到 65535 之间的数（0 表示自动选择）。"},
    [T_E_LINGER] = {"labdump: --client-linger \"%s\" is not a number of seconds from 0 to 3600.",
                    "labdump：--client-linger “%s” 不是 0 到 3600 之间的秒数。"},
    [T_E_LANGUAGE] = {"labdump: the language \"%s\" is unknown: choose auto, en or zh.",
                      "labdump：未知语言 “%s”：请选择 auto、en 或 zh。"},
    [T_E_ROOT] =
        {"labdump: the folder \"%s\" cannot be used: %s. Name a folder that holds your page, or leave it "
         "empty for the page that comes with the server.",
         "labdump：无法使用文件夹 “%s”：%s。请指定存放网页的文件夹，或留空使用自带网页。"},
    [T_E_CONFIG] = {"labdump: the configuration file \"%s\" cannot be read: %s.",
                    "labdump：无法读取配置文件 “%s”：%s。"},
    [T_E_DEVICE] = {"labdump: there is no network device \"%s\". Choose auto, own, loopback or one of: %s.",
                    "labdump：没有网卡 “%s”。请选择 auto、own、loopback 或以下之一：%s。"},
    [T_E_FILTER] = {"labdump: the capture filter \"%s\" is not valid: %s.",
                    "labdump：抓包过滤器 “%s” 无效：%s。"},
    [T_E_SERVER_GIVEN] = {"labdump: \"%s\" is not a program that can be run: %s. It was given by %s.",
                          "labdump：“%s” 不是可运行的程序：%s。它来自 %s。"},
    [T_E_SERVER_NOWHERE] =
        {"labdump: the web server labserver was not found. Install it with ./lab install, or say "
         "where it is with --server PATH or the environment variable LAB_SERVER. Looked at: %s "
         "and PATH.",
         "labdump：找不到网页服务器 labserver。请运行 ./lab install 安装，或用 --server 路径 或环境变量 "
         "LAB_SERVER 指明位置。已查找：%s 以及 PATH。"},
    [T_E_PORT_IN_USE] =
        {"labdump: port %d is in use by another program. Choose another one, or 0 for a free one "
         "(to see who has it: ss -ltnp 'sport = :%d').",
         "labdump：端口 %d 已被其他程序占用。请换一个端口，或用 0 自动选择"
         "（查看占用者：ss -ltnp 'sport = :%d'）。"},
    [T_E_PORT_RIGHTS] =
        {"labdump: port %d needs administrator rights. Choose one from 1024 up, for example 8080.",
         "labdump：端口 %d 需要管理员权限。请选择 1024 以上的端口，例如 8080。"},
    [T_E_PORT_OTHER] = {"labdump: cannot listen on 127.0.0.1 port %d: %s.",
                        "labdump：无法在 127.0.0.1 的端口 %d 上监听：%s。"},
    [T_E_LOG] = {"labdump: the client's output cannot be written to \"%s\": %s.",
                 "labdump：无法把客户端输出写入 “%s”：%s。"},
    [T_E_FIFO] = {"labdump: cannot write packets to \"%s\": %s.", "labdump：无法把数据包写入 “%s”：%s。"},
    [T_E_FIFO_READER] = {"labdump: nobody reads \"%s\"; gave up after %d seconds.",
                         "labdump：没有程序读取 “%s”；%d 秒后放弃。"},
    [T_E_CAPTURE_RIGHTS] =
        {"labdump: no right to capture on %s (%s). Choose the network \"own\", which needs no rights, "
         "or give labdump the right once:\n  sudo setcap cap_net_raw,cap_net_admin+ep %s",
         "labdump：没有在 %s 上抓包的权限（%s）。请选择不需要权限的独立网络（own），"
         "或一次性授予权限：\n  sudo setcap cap_net_raw,cap_net_admin+ep %s"},
    [T_E_CAPTURE] = {"labdump: cannot capture on %s: %s.", "labdump：无法在 %s 上抓包：%s。"},
    [T_E_CAPTURE_LOST] = {"labdump: capturing on %s ended by itself: %s.",
                          "labdump：在 %s 上的抓包意外结束：%s。"},
    [T_E_NAMESPACE] =
        {"labdump: this system does not let you have a network of your own (%s).\n"
         "Allow it once, as administrator, with the line that fits:\n"
         "  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   (Ubuntu)\n"
         "  sudo sysctl -w kernel.unprivileged_userns_clone=1   (older Debian)\n"
         "  sudo sysctl -w user.max_user_namespaces=10000\n"
         "or choose the network \"loopback\" after: sudo setcap cap_net_raw,cap_net_admin+ep %s",
         "labdump：本系统不允许建立独立网络（%s）。\n"
         "请以管理员身份执行一次适合的命令：\n"
         "  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   （Ubuntu）\n"
         "  sudo sysctl -w kernel.unprivileged_userns_clone=1   （旧版 Debian）\n"
         "  sudo sysctl -w user.max_user_namespaces=10000\n"
         "或执行 sudo setcap cap_net_raw,cap_net_admin+ep %s 后选择回环（loopback）。"},
    [T_E_NAMESPACE_AUTO] =
        {"labdump: you have no right to capture on loopback, and this system does not let you have a "
         "network of your own either (%s). Do one of these once, as administrator:\n"
         "  sudo setcap cap_net_raw,cap_net_admin+ep %s\n"
         "  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   (Ubuntu)\n"
         "  sudo sysctl -w user.max_user_namespaces=10000",
         "labdump：没有在回环上抓包的权限，本系统也不允许建立独立网络（%s）。"
         "请以管理员身份执行其中一条命令：\n"
         "  sudo setcap cap_net_raw,cap_net_admin+ep %s\n"
         "  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   （Ubuntu）\n"
         "  sudo sysctl -w user.max_user_namespaces=10000"},
    [T_E_LINK] =
        {"labdump: the network of its own could not be built: neither a TAP device (%s) nor a veth pair (%s) "
         "could be made. Load one of the kernel modules (sudo modprobe tun), or choose the network "
         "\"loopback\".",
         "labdump：无法建立独立网络：既不能创建 TAP 设备（%s），也不能创建 veth（%s）。"
         "请加载内核模块（sudo modprobe tun），或选择回环（loopback）。"},
    [T_E_HELPER] = {"labdump: its helper process ended unexpectedly (%s). Start the capture again.",
                    "labdump：辅助进程意外结束（%s）。请重新开始抓包。"},
    [T_E_SERVER_START] = {"labdump: the web server \"%s\" could not be started: %s.",
                          "labdump：无法启动网页服务器 “%s”：%s。"},
    [T_E_SERVER_DIED] = {"labdump: the web server \"%s\" ended by itself (%s).%s",
                         "labdump：网页服务器 “%s” 意外结束（%s）。%s"},
    [T_E_SERVER_SILENT] = {"labdump: the web server \"%s\" did not say within %d seconds that it listens.%s",
                           "labdump：网页服务器 “%s” 在 %d 秒内没有报告已就绪。%s"},
    [T_E_SERVER_PORT] = {"labdump: the web server \"%s\" listens on port %d, not on %d as it was told.",
                         "labdump：网页服务器 “%s” 监听的是端口 %d，而不是指定的 %d。"},
    [T_E_SERVER_SAID] = {" It said:\n%s", " 它的输出：\n%s"},
    [T_E_CLIENT_START] = {"labdump: the client command could not be started: %s.",
                          "labdump：无法启动客户端命令：%s。"},
    [T_E_CLIENT] = {"labdump: the client command failed (%s). The capture itself is complete.%s",
                    "labdump：客户端命令失败（%s）。抓包本身是完整的。%s"},
    [T_E_CLIENT_SEE] = {" Its output is in %s.", " 其输出在 %s 中。"},
    [T_STATUS_EXIT] = {"exit status %d", "退出码 %d"},
    [T_STATUS_SIGNAL] = {"signal %d", "信号 %d"},
};

/* Only what people really meet; anything else keeps the C library's words. */
static const struct {
    int number;
    const char *zh;
} errnos[] = {
    {EACCES, "没有权限"},        {EPERM, "操作不被允许"},        {ENOENT, "不存在"},
    {ENOTDIR, "不是文件夹"},     {EISDIR, "是文件夹"},           {EADDRINUSE, "端口已被占用"},
    {ENOEXEC, "不是可执行文件"}, {ENOSPC, "数量或空间已达上限"}, {EPIPE, "读取方已关闭"},
    {ENODEV, "没有此设备"},      {EINVAL, "参数无效"},           {EOPNOTSUPP, "系统不支持"},
    {ETIMEDOUT, "等待超时"},
};

static lab_language_t in_use = LANGUAGE_EN;

static lab_language_t from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);
        if (value && *value)
            return g_str_has_prefix(value, "zh") ? LANGUAGE_ZH : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}

void texts_use(lab_language_t language)
{
    in_use = language == LANGUAGE_AUTO ? from_environment() : language;
}

lab_language_t texts_language(void)
{
    return in_use;
}

const char *text_in(lab_text_id_t id, lab_language_t language)
{
    return language == LANGUAGE_ZH ? table[id].zh : table[id].en;
}

const char *text(lab_text_id_t id)
{
    return text_in(id, in_use);
}

char *text_vformat(lab_text_id_t id, va_list ap)
{
    return g_strdup_vprintf(text(id), ap);
}

char *text_format(lab_text_id_t id, ...)
{
    va_list ap;
    va_start(ap, id);
    char *words = text_vformat(id, ap);
    va_end(ap);
    return words;
}

const char *text_errno(int number)
{
    for (size_t i = 0; in_use == LANGUAGE_ZH && i < G_N_ELEMENTS(errnos); i++)
        if (errnos[i].number == number)
            return errnos[i].zh;
    return g_strerror(number);
}

GQuark lab_error_quark(void)
{
    return g_quark_from_static_string("labdump");
}

bool lab_fail(GError **error, int code, lab_text_id_t id, ...)
{
    va_list ap;
    va_start(ap, id);
    char *words = text_vformat(id, ap);
    va_end(ap);
    g_set_error_literal(error, lab_error_quark(), code, words);
    g_free(words);
    return false;
}
