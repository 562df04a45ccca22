# What a shell cannot do, as in net.pl; for python 2 and 3.
import errno, os, select, socket, sys, time, binascii
what, args = sys.argv[1], sys.argv[2:]
def words(e):
    return (e.strerror or str(e)).lower() if getattr(e, "strerror", None) else str(e).lower()
def dial(host, port, wait):
    try:
        found = socket.getaddrinfo(host, int(port), 0, socket.SOCK_STREAM)
    except Exception as e:
        return None, "error", "%s: %s" % (host, words(e))
    said = (None, "error", "no address")
    for family, kind, proto, _, at in found:
        c = socket.socket(family, kind, proto)
        c.settimeout(float(wait))
        try:
            c.connect(at)
            return c, "connected", ""
        except socket.timeout:
            said = (None, "connection-timeout", "dial tcp %s:%s: i/o timeout" % (host, port))
        except Exception as e:
            no = getattr(e, "errno", None)
            status = {errno.ECONNREFUSED: "connection-refused", errno.ETIMEDOUT: "connection-timeout"}.get(no, "error")
            said = (None, status, "dial tcp %s:%s: %s" % (host, port, words(e)))
    return said
def verified(s, c, ask, answer, own):
    end, got, back = time.time() + 1, {}, b""
    c.sendall(ask)
    while time.time() <= end:
        ready = select.select([s, c] + list(got), [], [], 0.5)[0]
        if not ready:
            break
        for n in ready:
            if n is s:
                got[s.accept()[0]] = b""
            elif n is c:
                x = c.recv(4096)
                back += x
                if b"back" + own in back:
                    return True
                if not x:
                    return False
            else:
                x = n.recv(4096)
                got[n] += x
                if own in got[n]:
                    n.sendall(answer)
                if not x or own in got[n]:
                    n.close()
                    del got[n]
    return False
def pair(n, proto, *rest):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM)
    try:
        return tried(s, proto, *rest)
    finally:
        s.close()
def tried(s, proto, listen, port, host, to, wait, path, own):
    own, udp = own.encode(), proto == "udp"
    try:
        if not udp:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((listen, int(port)))
        if not udp:
            s.listen(16)
    except Exception as e:
        no = getattr(e, "errno", None)
        status = "address-in-use" if no == errno.EADDRINUSE else "error"
        if proto == "http" and no == errno.EACCES:
            status = "bind-permission-denied"
        return status, "listen %s %s:%s: bind: %s" % (proto, listen, port, words(e))
    if udp:
        return "connected", ""
    ask, answer = b"ask" + own, b"back" + own
    if proto == "http":
        head = "POST %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        ask = (head % (path, host, to, len(own))).encode() + own
        answer = ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(answer)).encode() + answer
    end, last = time.time() + float(wait), ("connection-timeout", "connection timeout")
    while True:
        c, status, said = dial(host, to, 0.5)
        if c:
            try:
                if verified(s, c, ask, answer, own):
                    return "connected", ""
            except Exception:
                pass
            c.close()
            last = ("error", "another server answered") if proto == "http" else ("connection-timeout", "connection timeout")
        elif status == "connection-refused" or (proto != "http" and status == "error"):
            return status, said
        else:
            last = (status, said)
        if time.time() >= end:
            return last
        time.sleep(0.5)
def tell(text):
    os.write(1, text.encode())
def reap():
    try:
        while True:
            os.wait()
    except OSError:
        pass
if what == "pair":
    # Those of one port take turns, or they would be in each other's way.
    ports = {}
    for job in args:
        job = job.split(",")
        ports.setdefault(job[3], []).append(job)
    for jobs in ports.values():
        if os.fork():
            continue
        for job in jobs:
            tell("%s %s %s\n" % ((job[0],) + pair(*job)))
        os._exit(0)
    reap()
elif what == "connect":
    tell("%s %s\n" % dial(*args)[1:])
elif what == "ask":
    family, kind, proto, _, at = socket.getaddrinfo(args[0], int(args[1]), 0, socket.SOCK_DGRAM)[0]
    waiting, got, end = {}, {}, time.time() + float(args[2])
    for i, x in enumerate(args[3:]):
        s = socket.socket(family, kind, proto)
        try:
            s.connect(at)
            s.send(binascii.unhexlify(x))
            waiting[s] = i
        except Exception:
            pass
    while waiting:
        said = select.select(list(waiting), [], [], max(0, end - time.time()))[0]
        if not said:
            break
        for s in said:
            i = waiting.pop(s)
            try:
                got[i] = binascii.hexlify(s.recv(4096)).decode()
            except Exception:
                pass
    for i in range(len(args) - 3):
        tell(got.get(i, "-") + "\n")
elif what == "serve":
    at = (args[0], int(args[1]))
    u, s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
    for name, one in (("udp", u), ("tcp", s)):
        try:
            one.bind(at)
            if one is s:
                s.listen(4)
        except Exception as e:
            tell("%s listen %s %s:%s: %s\n" % (name, name, args[0], args[1], words(e)))
    tell("ready\n")
    end, done = time.time() + float(args[2]), set()
    while time.time() < end and len(done) < 2:
        for one in select.select([u, s], [], [], 1)[0]:
            done.add(one)
            if one is u:
                x, peer = u.recvfrom(2048)
                u.sendto(x, peer)
            else:
                n = s.accept()[0]
                n.sendall(n.recv(2048))
elif what == "ping":
    host, port, wait = args
    for proto in ("udp", "tcp"):
        if os.fork():
            continue
        said = ""
        if proto == "udp":
            c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            c.connect((host, int(port)))
        else:
            c, _, said = dial(host, port, wait)
        if c and not said:
            try:
                c.settimeout(float(wait))
                c.send(b"longshore")
                c.recv(64)
            except socket.timeout:
                said = "read %s %s:%s: i/o timeout" % (proto, host, port)
            except Exception as e:
                said = "read %s %s:%s: %s" % (proto, host, port, words(e))
        tell("%s %s\n" % (proto, said))
        os._exit(0)
    reap()
