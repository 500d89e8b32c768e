/* Makes writing fail, for the tests: preloaded into a process and all that it starts (LD_PRELOAD).
 *
 * A site is a call that changes something below FAULT_PREFIX: write, pwrite, writev, fsync, fdatasync, ftruncate,
 * rename, and open or mkdir that makes something (`tmpfile`: open that makes a file without a name). Told by the
 * environment:
 *
 *   FAULT_PREFIX  the folder
 *   FAULT_LOG     each site is told here, a line each: process, call, path below the folder
 *   FAULT_WHO     `child` (the crawler's), `parent` (the others), or `both`; FAULT_CALL and FAULT_PATH: only this
 *                 call, only paths with this in them; all of them may be left out
 *   FAULT_AT      the number of the site among these, from 1 and in each process, that fails; none without it
 *   FAULT_ERRNO   how it fails
 *   FAULT_FLAG    a file. Where it is named, it is made when that site fails, and while it is there every site
 *                 that needs room fails in every process: the disk stays full
 *
 * Half of what is to be written is written before a write fails: disks fill up in the middle of things.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *prefix, *call_only, *path_only, *flag, *who = "parent";
static int log_file = -1, number, at, code, chosen = 1, ready;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *given(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

__attribute__((constructor)) static void begin(void) {
    char line[4096] = "";
    int file = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY);
    ssize_t size = syscall(SYS_read, file, line, sizeof line - 1);
    syscall(SYS_close, file);
    for (ssize_t n = 0; n + 1 < size; n++)
        if (!line[n]) line[n] = ' ';
    who = strstr(line, "-m crawler.child ") ? "child" : "parent";
    prefix = given("FAULT_PREFIX");
    call_only = given("FAULT_CALL");
    path_only = given("FAULT_PATH");
    flag = given("FAULT_FLAG");
    at = given("FAULT_AT") ? atoi(given("FAULT_AT")) : 0;
    code = given("FAULT_ERRNO") ? atoi(given("FAULT_ERRNO")) : EIO;
    const char *wanted = given("FAULT_WHO");
    chosen = !wanted || !strcmp(wanted, "both") || !strcmp(wanted, who);
    const char *log = given("FAULT_LOG");
    if (log) log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ready = 1;
}

/* Whether the site is to fail. `needs_room`: whether a full disk refuses it. */
static int fails(const char *call, const char *path, int needs_room) {
    if (!ready || !prefix || strncmp(path, prefix, strlen(prefix))) return 0;
    const char *below = path + strlen(prefix);
    if (log_file >= 0) {
        char line[PATH_MAX + 64];
        int size = snprintf(line, sizeof line, "%s %s %s\n", who, call, below);
        syscall(SYS_write, log_file, line, (size_t)size);
    }
    if (flag && syscall(SYS_faccessat, AT_FDCWD, flag, F_OK, 0) == 0) return needs_room;
    if (!at || !chosen || (call_only && strcmp(call, call_only)) || (path_only && !strstr(below, path_only)))
        return 0;
    pthread_mutex_lock(&lock);
    int hit = ++number == at;
    pthread_mutex_unlock(&lock);
    if (hit && flag) syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, flag, O_WRONLY | O_CREAT, 0644));
    return hit;
}

static int fails_fd(const char *call, int fd, int needs_room) {
    char link[64], path[PATH_MAX];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = ready && prefix ? readlink(link, path, sizeof path - 1) : -1;
    errno = before;
    if (size < 0) return 0;
    path[size] = 0;
    return fails(call, path, needs_room);
}

static int fails_path(const char *call, const char *path, int needs_room) {
    char whole[PATH_MAX * 2], here[PATH_MAX];
    if (*path == '/') return fails(call, path, needs_room);
    if (!getcwd(here, sizeof here)) return 0;
    snprintf(whole, sizeof whole, "%s/%s", here, path);
    return fails(call, whole, needs_room);
}

#define FAIL do { errno = code; return -1; } while (0)

ssize_t write(int fd, const void *data, size_t size) {
    if (fails_fd("write", fd, 1)) {
        REAL(write)(fd, data, size / 2);
        FAIL;
    }
    return REAL(write)(fd, data, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (fails_fd("writev", fd, 1)) FAIL;
    return REAL(writev)(fd, parts, count);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    if (fails_fd("pwrite", fd, 1)) {
        REAL(pwrite)(fd, data, size / 2, offset);
        FAIL;
    }
    return REAL(pwrite)(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    if (fails_fd("pwrite", fd, 1)) {
        REAL(pwrite64)(fd, data, size / 2, offset);
        FAIL;
    }
    return REAL(pwrite64)(fd, data, size, offset);
}

int fsync(int fd) {
    if (fails_fd("fsync", fd, 0)) FAIL;
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    if (fails_fd("fdatasync", fd, 0)) FAIL;
    return REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t size) {
    if (fails_fd("ftruncate", fd, 0)) FAIL;
    return REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    if (fails_fd("ftruncate", fd, 0)) FAIL;
    return REAL(ftruncate64)(fd, size);
}

int rename(const char *from, const char *to) {
    if (fails_path("rename", to, 0)) FAIL;
    return REAL(rename)(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    if (fails_path("rename", to, 0)) FAIL;
    return REAL(renameat)(from_folder, from, to_folder, to);
}

int mkdir(const char *path, mode_t mode) {
    if (fails_path("mkdir", path, 1)) FAIL;
    return REAL(mkdir)(path, mode);
}

static int nameless(int how) { return (how & O_TMPFILE) == O_TMPFILE; }

/* Only what makes a file: opening one that is there needs no room. */
static int makes(const char *path, int how) {
    struct stat seen;
    return nameless(how) || ((how & O_CREAT) && stat(path, &seen) != 0);
}

#define OPEN(name, before, arguments, ...)                              \
    int name(before __VA_ARGS__) {                                      \
        va_list rest;                                                   \
        va_start(rest, how);                                            \
        mode_t mode = (how & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                   \
        if (makes(path, how) && fails_path(nameless(how) ? "tmpfile" : "open", path, 1)) FAIL; \
        return REAL(name) arguments;                                    \
    }

OPEN(open, , (path, how, mode), const char *path, int how, ...)
OPEN(open64, , (path, how, mode), const char *path, int how, ...)
#define FOLDER int folder,
OPEN(openat, FOLDER, (folder, path, how, mode), const char *path, int how, ...)
OPEN(openat64, FOLDER, (folder, path, how, mode), const char *path, int how, ...)
