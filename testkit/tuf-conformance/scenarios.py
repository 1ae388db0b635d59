"""Repositories made by the reference implementation (python-tuf), honest and not, against a client under test.

usage: scenarios.py CLIENT...

The client is a command of the public conformance protocol (CLIENT-CLI.md of theupdateframework/tuf-conformance). Each
scenario has a repository, a server and a client of its own. One line is printed for each: "ok NAME" or "FAIL NAME: why".
"""
import datetime
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, SuccinctRoles, TargetFile, Targets, Timestamp)

CLIENT = sys.argv[1:]
LATER = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=30)
PAST = LATER - datetime.timedelta(days=60)
TOP = ["root", "timestamp", "snapshot", "targets"]
scenarios = []


def scenario(function):
    scenarios.append((function.__name__, lambda: function(World())))
    return function


def rows(*cases):
    """The same scenario for each (name, *arguments); without arguments, the name is the one."""
    def register(function):
        for name, *arguments in cases:
            arguments = arguments or [name]
            scenarios.append((f"{function.__name__}: {name}", lambda arguments=arguments: function(World(), *arguments)))
        return function
    return register


class World:
    """A repository, what its server was asked for, and the client."""

    def __init__(self, make_key=CryptoSigner.generate_ed25519):
        self.make_key = make_key
        self.files = {}
        self.asked = []
        self.hashes = True
        self.signers = {}
        self.roles = {"targets": Targets(expires=LATER), "snapshot": Snapshot(expires=LATER), "timestamp": Timestamp(expires=LATER), "root": Root(expires=LATER)}
        for role in TOP:
            self.add_key(role)
        for signed in self.roles.values():
            signed.version = 0
        self.publish("root", "targets", "snapshot", "timestamp")
        self.folder = tempfile.TemporaryDirectory()
        self.metadata = os.path.join(self.folder.name, "metadata")
        self.downloads = os.path.join(self.folder.name, "downloads")
        os.mkdir(self.metadata), os.mkdir(self.downloads)
        self.serve()

    def serve(self):
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.lstrip("/")
                world.asked.append(path)
                body = world.files.get(path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    # The repository

    def __getattr__(self, name):
        if name in ("root", "timestamp", "snapshot", "targets"):
            return self.roles[name]
        raise AttributeError(name)

    def add_key(self, role, delegator="root"):
        signer = self.make_key()
        self.roles[delegator].add_key(signer.public_key, role)
        self.signers.setdefault(role, []).append(signer)
        return signer

    def rotate(self, role):
        self.root.roles[role].keyids.clear()
        self.signers[role] = []
        self.add_key(role)

    def delegate(self, delegator, name, paths=("*",), terminating=False, prefixes=None):
        parent = self.roles[delegator]
        parent.delegations = parent.delegations or Delegations({}, roles={})
        parent.delegations.roles[name] = DelegatedRole(name, [], 1, terminating, None if prefixes else list(paths), prefixes)
        if name not in self.roles:
            self.roles[name] = Targets(expires=LATER)
            self.roles[name].version = 0
            self.add_key(name, delegator)
        else:
            for signer in self.signers[name]:
                parent.add_key(signer.public_key, name)

    def publish(self, *roles, bump=True):
        """Sign the roles, one version up, and put them in place; snapshot and timestamp say what is current then."""
        for role in roles:
            signed = self.roles[role]
            signed.version += 1 if bump else 0
            if role == "snapshot":
                signed.meta = {f"{name}.json": self.describe(name) for name in self.roles if isinstance(self.roles[name], Targets)}
            if role == "timestamp":
                signed.snapshot_meta = self.describe("snapshot")
            self.put(role)

    def put(self, role):
        """Sign a role as it is."""
        metadata = Metadata(self.roles[role])
        for signer in self.signers[role]:
            metadata.sign(signer, append=True)
        self.files[self.path(role)] = metadata.to_bytes()

    def path(self, role):
        prefixed = role == "root" or (self.roles["root"].consistent_snapshot and role != "timestamp")
        return f"metadata/{self.roles[role].version}." * prefixed + "metadata/" * (not prefixed) + f"{quote(role, '')}.json"

    def describe(self, role):
        data = self.files[self.path(role)]
        return MetaFile.from_data(self.roles[role].version, data, ["sha256"]) if self.hashes else MetaFile(self.roles[role].version)

    def add_target(self, role, path, content, algorithms=("sha256",)):
        target = TargetFile.from_data(path, content, list(algorithms))
        self.roles[role].targets[path] = target
        folder, slash, name = path.rpartition("/")
        prefix = f"{next(iter(target.hashes.values()))}." if self.root.consistent_snapshot else ""
        address = f"targets/{quote(folder, '/')}{slash}{quote(prefix + name, '')}"
        self.files[address] = content
        return address

    def all(self):
        self.publish(*[role for role in self.roles if role not in TOP], "targets", "snapshot", "timestamp")

    # The client

    def run(self, *arguments):
        return subprocess.run([*CLIENT, "--metadata-dir", self.metadata, *arguments], capture_output=True, text=True, timeout=60)

    def init(self, root=None):
        path = os.path.join(self.folder.name, "first-root.json")
        with open(path, "wb") as file:
            file.write(root or self.files["metadata/1.root.json"])
        assert self.run("init", path).returncode == 0

    def refresh(self):
        return self.run("--metadata-url", f"{self.url}/metadata/", "refresh").returncode == 0

    def download(self, *names):
        options = [option for name in names for option in ("--target-name", name)]
        return self.run("--metadata-url", f"{self.url}/metadata/", *options, "--target-base-url", f"{self.url}/targets/", "--target-dir", self.downloads, "download").returncode == 0

    def trusted(self):
        """Role and version of everything the client keeps."""
        found = {}
        for name in os.listdir(self.metadata):
            found[unquote(name[:-len(".json")])] = Metadata.from_file(os.path.join(self.metadata, name)).signed.version
        return found

    def versions(self):
        trusted = self.trusted()
        return [trusted.get(role) for role in TOP]

    def downloaded(self):
        return sorted(open(os.path.join(self.downloads, name), "rb").read() for name in os.listdir(self.downloads))

    def accepts(self):
        assert self.refresh(), "an honest repository was refused"

    def refuses(self, *versions):
        """Versions: what is trusted afterwards of root, timestamp, snapshot and targets."""
        assert not self.refresh(), "it was accepted"
        assert self.versions() == list(versions), f"trusted are {self.versions()}, not {list(versions)}"


def check(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


# The way it goes

@scenario
def a_first_refresh_asks_for_each_file_once(world):
    world.init()
    world.accepts()
    check(world.asked, ["metadata/2.root.json", "metadata/timestamp.json", "metadata/1.snapshot.json", "metadata/1.targets.json"])
    check(world.versions(), [1, 1, 1, 1])


@scenario
def a_second_refresh_asks_for_root_and_timestamp(world):
    world.init()
    world.accepts()
    world.asked.clear()
    world.accepts()
    check(world.asked, ["metadata/2.root.json", "metadata/timestamp.json"])


@scenario
def init_asks_for_nothing(world):
    world.init()
    check(world.asked, [])


@rows(("ed25519", CryptoSigner.generate_ed25519), ("ecdsa", CryptoSigner.generate_ecdsa), ("rsa", CryptoSigner.generate_rsa))
def keys_of_every_kind(world, make_key):
    world = World(make_key)
    world.init()
    world.accepts()


@scenario
def metadata_without_hashes_and_lengths(world):
    world.hashes = False
    world.all()
    world.init()
    world.accepts()
    check(world.versions(), [1, 2, 2, 2])


@scenario
def no_consistent_snapshot(world):
    world.root.consistent_snapshot = False
    world.publish("root")
    world.add_target("targets", "a/file", b"content")
    world.all()
    world.init()
    world.accepts()
    check(world.asked[-3:], ["metadata/timestamp.json", "metadata/snapshot.json", "metadata/targets.json"])
    assert world.download("a/file")
    check(world.asked[-1], "targets/a/file")


@scenario
def fields_nobody_knows_are_kept_in_what_is_signed(world):
    world.root.unrecognized_fields["more"] = "value"
    key = next(iter(world.root.keys.values()))
    key.unrecognized_fields["more"] = {"a": 1}
    world.root.roles["root"].unrecognized_fields["more"] = [1]
    world.publish("root")
    world.init()
    world.accepts()
    check(world.versions()[0], 2)


# Roots

@rows(("without a version", lambda root: root.replace(b'"version"', b'"verzion"')), ("not signed", lambda root: root.replace(b'"sig":"', b'"sig":"00')), ("not JSON", lambda root: root[:-9]))
def a_first_root_that_does_not_hold(world, spoil):
    world.init(spoil(world.files["metadata/1.root.json"]))
    assert not world.refresh()
    check(world.asked, [])


@scenario
def roots_are_followed_one_by_one(world):
    for _ in range(4):
        before = world.signers["root"]
        world.rotate("root")
        world.signers["root"] = before + world.signers["root"]
        world.publish("root")
        world.signers["root"] = world.signers["root"][1:]
    world.init()
    world.accepts()
    check(world.asked[:5], [f"metadata/{version}.root.json" for version in range(2, 7)])
    check(world.versions()[0], 5)


@rows(("by the old keys only", True), ("by the new keys only", False))
def a_new_root_signed(world, old):
    before = world.signers["root"]
    world.rotate("root")
    after = world.signers["root"]
    world.signers["root"] = before if old else after
    world.publish("root")
    world.init()
    world.refuses(1, None, None, None)


@scenario
def a_chain_of_roots_with_a_bad_one_is_trusted_up_to_it(world):
    world.publish("root")
    world.signers["root"] = [CryptoSigner.generate_ed25519()]
    world.publish("root")
    world.init()
    world.refuses(2, None, None, None)


@rows(("the same version", 2, 1), ("a version too high", 2, 3))
def a_new_root_with(world, name, version):
    world.root.version = version
    world.put("root")
    world.files[f"metadata/{name}.root.json"] = world.files[world.path("root")]
    world.init()
    world.refuses(1, None, None, None)


@scenario
def an_expired_root_on_the_way_is_no_harm(world):
    world.root.expires = PAST
    world.publish("root")
    world.root.expires = LATER
    world.publish("root")
    world.init()
    world.accepts()


@scenario
def an_expired_last_root(world):
    world.root.expires = PAST
    world.publish("root")
    world.init()
    world.refuses(2, None, None, None)


@rows(*[(role,) for role in TOP])
def rotated_keys_of(world, role):
    world.init()
    world.accepts()
    before = world.signers["root"]
    world.rotate(role)
    if role == "root":
        world.signers["root"] = before + world.signers["root"]
    world.publish("root")
    world.all()
    world.accepts()
    check(world.versions(), [2, 2, 2, 2])


@scenario
def a_server_that_goes_back_to_an_older_root(world):
    world.publish("root")
    world.init()
    world.accepts()
    del world.files["metadata/2.root.json"]
    world.accepts()
    check(world.versions()[0], 2)


# Signatures

@rows(("timestamp", "timestamp", 1, None, None, None), ("snapshot", "snapshot", 1, 2, None, None), ("targets", "targets", 1, 2, 2, None))
def signed_by_a_stranger(world, role, *versions):
    world.signers[role] = [CryptoSigner.generate_ed25519()]
    world.all()
    world.init()
    world.refuses(*versions)


@rows(("reached", 2, True), ("missed", 1, False))
def a_threshold_of_two_is(world, signing, good):
    world.add_key("snapshot")
    world.root.roles["snapshot"].threshold = 2
    world.publish("root")
    world.signers["snapshot"] = world.signers["snapshot"][:signing]
    world.all()
    world.init()
    check(world.refresh(), good)


@scenario
def one_key_listed_twice_counts_once(world):
    world.root.roles["snapshot"].threshold = 2
    keys = world.root.roles["snapshot"].keyids
    world.publish("root")
    text = world.files["metadata/2.root.json"]
    keys.append(keys[0])
    world.put("root")
    assert text != world.files["metadata/2.root.json"]
    world.all()
    world.init()
    assert not world.refresh()


@scenario
def a_key_that_is_listed_and_not_there(world):
    world.root.roles["timestamp"].keyids.append("0" * 64)
    world.publish("root")
    world.init()
    world.accepts()


@scenario
def signatures_that_nobody_asked_for(world):
    world.signers["timestamp"].append(CryptoSigner.generate_ed25519())
    world.all()
    world.init()
    world.accepts()


# Expired, rolled back, mixed

@rows(("timestamp",), ("snapshot",), ("targets",))
def expired(world, role):
    world.roles[role].expires = PAST
    world.all()
    world.init()
    assert not world.refresh()
    # Whether the expired one itself is kept is left to the client.
    check([role for role in TOP[TOP.index(role) + 1:] if role in world.trusted()], [])


@scenario
def a_timestamp_that_is_older(world):
    world.publish("timestamp")
    world.init()
    world.accepts()
    world.timestamp.version = 1
    world.put("timestamp")
    world.refuses(1, 2, 1, 1)


@scenario
def a_timestamp_with_an_older_snapshot(world):
    world.publish("snapshot", "timestamp")
    world.init()
    world.accepts()
    world.snapshot.version = 1
    world.publish("timestamp")
    world.refuses(1, 2, 2, 1)


@scenario
def a_timestamp_of_the_same_version_and_other_contents_is_left(world):
    world.init()
    world.accepts()
    world.timestamp.snapshot_meta.version = 100
    world.put("timestamp")
    world.accepts()
    check(Metadata.from_file(os.path.join(world.metadata, "timestamp.json")).signed.snapshot_meta.version, 1)


@rows(("with hashes", True), ("without", False))
def targets_that_are_older(world, hashes):
    world.hashes = hashes
    world.all()
    world.init()
    world.accepts()
    world.targets.version = 1
    world.put("targets")
    world.publish("snapshot", "timestamp")
    world.refuses(1, 3, 2, 2)


@scenario
def a_snapshot_that_forgets_a_role(world):
    world.delegate("targets", "role")
    world.all()
    world.init()
    world.accepts()
    del world.snapshot.meta["role.json"]
    world.snapshot.version += 1
    world.put("snapshot")
    world.publish("timestamp")
    world.refuses(1, 3, 2, 2)


@rows(("snapshot", "snapshot", 1, 2, None, None), ("targets", "targets", 1, 2, 2, None))
def other_bytes_than_announced(world, role, *versions):
    world.all()
    world.roles[role].unrecognized_fields["more"] = 1
    world.put(role)
    world.init()
    world.refuses(*versions)


@scenario
def a_snapshot_of_another_version_than_announced(world):
    world.hashes = False
    world.all()
    wrong = world.path("snapshot")
    world.snapshot.version += 1
    world.put("snapshot")
    world.files[wrong] = world.files[world.path("snapshot")]
    world.init()
    world.refuses(1, 2, None, None)


@scenario
def targets_of_another_version_than_announced(world):
    world.hashes = False
    world.all()
    wrong = world.path("targets")
    world.targets.version += 1
    world.put("targets")
    world.files[wrong] = world.files[world.path("targets")]
    world.init()
    world.refuses(1, 2, 2, None)


@scenario
def a_fast_forwarded_timestamp_is_recovered_from(world):
    world.timestamp.version = 99_999
    world.put("timestamp")
    world.init()
    world.accepts()
    world.rotate("timestamp")
    world.publish("root")
    world.timestamp.version = 1
    world.put("timestamp")
    world.accepts()
    check(world.versions()[:2], [2, 1])


@scenario
def a_fast_forwarded_snapshot_is_recovered_from(world):
    world.snapshot.version = 99_999
    world.publish("snapshot", "timestamp")
    world.init()
    world.accepts()
    world.rotate("snapshot")
    world.rotate("timestamp")
    world.publish("root")
    world.snapshot.version = 0
    world.publish("snapshot", "timestamp")
    world.accepts()
    check(world.versions()[2], 1)


@scenario
def fast_forwarded_targets_are_recovered_from(world):
    world.targets.version = 99_999
    world.all()
    world.init()
    world.accepts()
    world.rotate("snapshot")
    world.publish("root")
    world.targets.version = 0
    world.all()
    world.accepts()
    check(world.versions()[3], 1)


# Delegations

@rows(
    ("one", [("targets", "A")], "A"),
    ("two in order", [("targets", "A"), ("targets", "B")], "AB"),
    ("depth first", [("targets", "A"), ("targets", "B"), ("A", "C"), ("A", "D")], "ACDB"),
    ("three levels", [("targets", "A"), ("targets", "B"), ("A", "C"), ("C", "D")], "ACDB"),
    ("a terminating one", [("targets", "A"), ("targets", "B"), ("A", "C", ["*"], True), ("A", "D")], "AC"),
    ("a terminating one with children", [("targets", "A"), ("targets", "B"), ("A", "C", ["*"], True), ("C", "D")], "ACD"),
    ("paths that do not match", [("targets", "A", ["*.py"]), ("targets", "B"), ("A", "C")], "B"),
    ("a circle", [("targets", "A"), ("targets", "B"), ("B", "C"), ("C", "D"), ("D", "B")], "ABCD"),
    ("two ways to one", [("targets", "A"), ("targets", "B"), ("B", "C"), ("A", "C")], "ACB"),
)
def delegations(world, edges, order):
    for edge in edges:
        world.delegate(*edge)
    world.all()
    world.init()
    assert not world.download("missing")
    check(world.asked[4:], [f"metadata/1.{role}.json" for role in order])


@scenario
def no_more_than_a_bounded_number_of_roles_is_asked_for(world):
    for number in range(60):
        world.delegate("targets", f"role{number:02}")
    world.all()
    world.init()
    assert not world.download("missing")
    assert len(world.asked) - 4 <= 33, len(world.asked)


@rows(
    *[(path, path, *rest) for path, *rest in [
        ("README.md", "A", True), ("releases/x/one", "C", True), ("releases/y/one.zip", "D", True), ("releases/y/one.tar", "D", False),
        ("releases/z/one.zip", "D", False), ("a/b/c", "A", False),
    ]],
)
def path_patterns(world, path, role, found):
    world.delegate("targets", "A", ["*.doc", "*.md"])
    world.delegate("targets", "B", ["releases/*/*"])
    world.delegate("B", "C", ["releases/x/*"])
    world.delegate("B", "D", ["releases/y/*.zip"])
    world.add_target(role, path, b"content")
    world.all()
    world.init()
    check(world.download(path), found)
    check(world.downloaded(), [b"content"] * found)


@scenario
def delegations_by_hash_prefix(world):
    import hashlib
    prefix = hashlib.sha256(b"dir/file").hexdigest()[:3]
    world.delegate("targets", "elsewhere", prefixes=["zzz"])
    world.delegate("targets", "here", prefixes=[prefix])
    world.add_target("here", "dir/file", b"content")
    world.all()
    world.init()
    assert world.download("dir/file")
    assert "metadata/1.elsewhere.json" not in world.asked


@scenario
def succinct_roles(world):
    bins = SuccinctRoles([], 1, 3, "bin")
    world.targets.delegations = Delegations({}, None, bins)
    signer = world.make_key()
    world.targets.add_key(signer.public_key)
    for name in bins.get_roles():
        world.roles[name] = Targets(expires=LATER)
        world.roles[name].version = 0
        world.signers[name] = [signer]
    role = bins.get_role_for_target("file")
    world.add_target(role, "file", b"content")
    world.all()
    world.init()
    assert world.download("file")
    check(world.asked[4], f"metadata/1.{role}.json")


@rows(*[(name,) for name in ["?", "#", "/role", "../role", "a b", "ü", "%2F"]])
def unusual_role_names(world, name):
    world.delegate("targets", name)
    world.add_target(name, "file", b"content")
    world.all()
    world.init()
    assert world.download("file")
    check(world.asked[4], f"metadata/1.{quote(name, '')}.json")
    check(world.trusted(), {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 2, name: 1})
    check(sorted(os.listdir(world.folder.name)), ["downloads", "first-root.json", "metadata", "metadata.floors"])


@rows(("a stranger", lambda world: world.signers.update(A=[CryptoSigner.generate_ed25519()])), ("the targets key", lambda world: world.signers.update(A=world.signers["targets"])))
def a_delegated_role_signed_by(world, spoil):
    world.delegate("targets", "A")
    world.add_target("A", "file", b"content")
    spoil(world)
    world.all()
    world.init()
    assert not world.download("file")
    check(world.downloaded(), [])


@scenario
def an_expired_delegated_role(world):
    world.delegate("targets", "A")
    world.roles["A"].expires = PAST
    world.add_target("A", "file", b"content")
    world.all()
    world.init()
    world.accepts()
    assert not world.download("file")


@scenario
def a_delegated_role_that_is_older(world):
    world.delegate("targets", "A")
    world.all()
    world.all()
    world.init()
    assert not world.download("missing")
    world.roles["A"].version = 1
    world.put("A")
    world.publish("snapshot", "timestamp")
    world.refuses(1, 4, 3, 3)


@scenario
def a_delegated_role_with_the_name_of_a_top_level_one(world):
    world.targets.delegations = Delegations({}, roles={})
    world.targets.delegations.roles["timestamp"] = DelegatedRole("timestamp_", [world.root.roles["targets"].keyids[0]], 1, False, ["*"])
    world.targets.add_key(world.signers["targets"][0].public_key, "timestamp")
    world.publish("targets")
    data = world.files[world.path("targets")].replace(b'"timestamp_"', b'"timestamp"')
    world.files[world.path("targets")] = data
    world.hashes = False
    world.publish("snapshot", "timestamp")
    world.init()
    assert not world.refresh()


# Target files

@rows(("file",), ("path/to/file",), ("with space",), ("a+b",), ("ü",))
def a_target_file(world, path="file"):
    address = world.add_target("targets", path, b"content")
    world.all()
    world.init()
    world.accepts()
    check(world.downloaded(), [])
    assert world.download(path)
    check([world.downloaded(), world.asked[-1]], [[b"content"], address])


@rows(("longer", b"content and more"), ("shorter", b"cont"), ("other", b"CONTENT"), ("empty", b""))
def a_target_file_that_is(world, content):
    address = world.add_target("targets", "file", b"content")
    world.all()
    world.files[address] = content
    world.init()
    assert not world.download("file")
    check(world.downloaded(), [])


@scenario
def a_target_file_that_is_there_is_not_fetched_again(world):
    address = world.add_target("targets", "file", b"content")
    world.all()
    world.init()
    assert world.download("file")
    world.asked.clear()
    assert world.download("file")
    assert address not in world.asked


@scenario
def a_target_file_that_changes_replaces_the_old_one(world):
    world.init()
    for number in range(3):
        world.add_target("targets", "file", b"content %d" % number)
        world.all()
        assert world.download("file")
        check(world.downloaded(), [b"content %d" % number])


@scenario
def several_target_files_up_to_the_first_that_is_missing(world):
    world.add_target("targets", "one", b"1")
    world.add_target("targets", "two", b"2")
    world.all()
    world.init()
    assert not world.download("one", "missing", "two")
    check(world.downloaded(), [b"1"])


@scenario
def a_target_file_with_several_hashes(world):
    world.add_target("targets", "file", b"content", ("sha256", "sha512"))
    world.all()
    world.init()
    assert world.download("file")


def run(case):
    name, function = case
    try:
        function()
        return f"ok {name}"
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"FAIL {name}: {type(error).__name__} {error} (line {where.lineno})"


if __name__ == "__main__":
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(run, scenarios):
            print(line, flush=True)
