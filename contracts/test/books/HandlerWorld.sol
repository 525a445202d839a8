// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {Grasper, HostileToken, PlainToken, Sulker} from "./HandlerTokens.sol";
import {Reader} from "../Reader.sol";
import {Words} from "./Words.sol";
import {Signing} from "../Signing.sol";
import {Test} from "../Test.sol";

/// Who takes part, with what, and what must be true of it: the books that the handler keeps beside the escrow's own.
abstract contract HandlerWorld is Test {
    using Reader for IEscrow;
    using Signing for IEscrow;
    using Words for IEscrow;

    /// A job, and what went in and out of it.
    struct Play {
        IEscrow.Opening opening;
        uint256 arrived; // budget and bond
        uint256 bounties;
        uint256 paid; // to payees
        uint256 returned; // to the publisher
        uint256 compensated;
        uint256 penalties;
        bytes32 digest; // of its words and its epochs' at the last look
        uint256 held; // and what the escrow then held for it
        uint256 committed; // at the last look
        uint256 state;
        bool isTouched; // by the act that is under way
        bool isVetoed;
    }

    /// An epoch at the last look.
    struct Seen {
        bytes32 root;
        uint256 total;
        uint256 claimed;
        uint256 finalAt;
    }

    uint256 internal constant PUBLISHERS = 3;
    uint256 internal constant KEYS = 8; // accounts that can sign; the first are publishers
    uint256 internal constant FIRST_KEY = 0xAC700;
    uint256 internal constant SETTLER_KEY = 0xA11CE; // and the next one
    address internal constant RELAYER = address(0x4E1A7);
    address internal constant PURSE = address(0x9045E); // where cash-outs go
    address internal constant NOBODY = 0x000000000000000000000000000000000000dEaD;
    uint256 internal constant FORCED = 1 << 31;

    IEscrow public immutable ESCROW;
    PlainToken internal immutable PLAIN = new PlainToken();
    HostileToken internal immutable HOSTILE;
    Sulker internal immutable SULKER = new Sulker();
    Grasper internal immutable GRASPER;

    address[3] public tokens;
    address[] public accounts;
    bytes32[] public jobIds;
    mapping(bytes32 jobId => Play) internal _plays;
    mapping(bytes32 jobId => uint256[]) internal _numbers; // of epochs, forced ones too
    mapping(bytes32 jobId => mapping(uint256 number => IEscrow.Leaf[])) internal _leaves; // as last posted
    mapping(bytes32 jobId => mapping(uint256 number => Seen)) internal _seen;
    mapping(address token => mapping(address account => uint256)) public expected; // what each should hold
    mapping(address token => mapping(address account => uint256)) public credit;
    mapping(address token => uint256) public owed; // to jobs, by the escrow's own words
    bytes32[] private _changed; // by the last act
    mapping(string what => uint256) public count;
    mapping(uint256 rule => string) public broken; // what was seen that breaks a rule
    uint256 private _lookedAt;

    constructor(IEscrow escrow) {
        ESCROW = escrow;
        HOSTILE = new HostileToken(address(escrow));
        GRASPER = new Grasper(address(escrow));
        tokens = [address(0), address(PLAIN), address(HOSTILE)];
        for (uint256 i = 0; i < KEYS; ++i) {
            accounts.push(vm.addr(FIRST_KEY + i));
        }
        accounts.push(address(SULKER));
        accounts.push(address(GRASPER));
        accounts.push(RELAYER);
        accounts.push(PURSE);
        accounts.push(NOBODY);
    }

    /// Looks after every act at what has changed, and compares it with what was there before.
    modifier watched() {
        HOSTILE.arm("");
        GRASPER.arm("");
        _;
        delete _changed;
        for (uint256 i = 0; i < jobIds.length; ++i) {
            _compare(jobIds[i]);
        }
        _lookedAt = block.timestamp;
    }

    function play(bytes32 jobId) external view returns (Play memory) {
        return _plays[jobId];
    }

    function numbersOf(bytes32 jobId) external view returns (uint256[] memory) {
        return _numbers[jobId];
    }

    function leavesOf(bytes32 jobId, uint256 number) external view returns (IEscrow.Leaf[] memory) {
        return _leaves[jobId][number];
    }

    function changed() external view returns (bytes32[] memory) {
        return _changed;
    }

    /// Credits and balances by account: what the escrow and the token say less what is expected must be nothing.
    function checkAccounts(address token) external view returns (uint256 credits) {
        uint256[] memory found = ESCROW.credits(token, accounts);
        for (uint256 i = 0; i < accounts.length; ++i) {
            address account = accounts[i];
            assertEq(balanceOf(token, account), expected[token][account], "balance");
            assertEq(found[i], credit[token][account], "credit");
            credits += found[i];
        }
    }

    /// Whether anybody was let in again while it was paid, or while its deposit was measured.
    function hasReentered() external view returns (bool) {
        return HOSTILE.hasReentered() || GRASPER.hasReentered();
    }

    function jobCount() external view returns (uint256) {
        return jobIds.length;
    }

    function balanceOf(address token, address account) public view returns (uint256) {
        return token == address(0) ? account.balance : PlainToken(token).balanceOf(account);
    }

    function _compare(bytes32 jobId) private {
        Play storage here = _plays[jobId];
        bytes32 digest = ESCROW.digestOf(jobId, _numbers[jobId]);
        if (digest != here.digest) {
            _rule(12, here.isTouched, "another job changed");
            here.digest = digest;
            _changed.push(jobId);
            _look(jobId, here);
        }
        if (here.isTouched) (here.isTouched, here.isVetoed) = (false, false);
    }

    function _look(bytes32 jobId, Play storage here) private {
        IEscrow.Job memory job = ESCROW.job(jobId);
        _rule(6, here.isVetoed || job.committed >= here.committed, "committed fell without a veto");
        _rule(8, here.state != 3 || job.committed == here.committed, "a closed job was committed");
        (here.committed, here.state) = (job.committed, job.state);
        uint256 held = job.committed;
        if (job.state != 3) held += uint256(job.budget) + job.bond - job.committed - job.repaid;
        for (uint256 i = 0; i < _numbers[jobId].length; ++i) {
            held -= _lookAt(jobId, _numbers[jobId][i], here.isVetoed);
        }
        owed[job.token] = owed[job.token] + held - here.held;
        here.held = held;
    }

    function _lookAt(bytes32 jobId, uint256 number, bool isVetoed) private returns (uint256 claimed) {
        Seen storage before = _seen[jobId][number];
        IEscrow.Epoch memory now_ = ESCROW.epoch(jobId, number);
        uint256 finalAt = now_.finalAt;
        _rule(15, before.finalAt == 0 || finalAt <= before.finalAt, "finalAt moved later");
        _rule(10, finalAt != 0 || before.finalAt == 0 || isVetoed, "an epoch vanished without a veto");
        if (before.finalAt != 0 && before.finalAt <= _lookedAt) {
            bool isSame = now_.root == before.root && now_.total == before.total && finalAt == before.finalAt;
            _rule(5, isSame && now_.claimed >= before.claimed, "a final epoch changed");
        }
        (before.root, before.total, before.claimed, before.finalAt) = (now_.root, now_.total, now_.claimed, finalAt);
        return now_.claimed;
    }

    function _rule(uint256 rule, bool holds, string memory what) internal {
        if (!holds) broken[rule] = what;
    }

    function _roll(uint256 seed, uint256 which, uint256 sides) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, which))) % sides;
    }

    function _call(address from, uint256 value, bytes memory data) internal returns (bool isDone) {
        vm.prank(from);
        (isDone,) = address(ESCROW).call{value: value}(data);
    }

    function _note(bool isDone, string memory what) internal {
        count[isDone ? what : string.concat("refused ", what)] += 1;
    }

    /// Gives an account money that it may lay down.
    function _fund(address token, address account, uint256 amount) internal {
        expected[token][account] += amount;
        if (token == address(0)) {
            vm.deal(account, account.balance + amount);
        } else {
            PlainToken(token).mint(account, amount);
            vm.prank(account);
            PlainToken(token).approve(address(ESCROW), amount);
        }
    }

    /// What an account should hold once it was sent an amount.
    function _arrive(address token, address account, uint256 amount) internal {
        expected[token][account] += token == address(HOSTILE) ? HOSTILE.net(amount) : amount;
    }

    /// Whether an account can be paid just now.
    function _takes(address token, address account) internal view returns (bool) {
        if (token == address(HOSTILE)) return HOSTILE.mood() != HostileToken.Mood.Reverting;
        return token != address(0) || account != address(SULKER) || SULKER.isWilling();
    }

    function _arriveOrCredit(address token, address account, uint256 amount) internal {
        if (_takes(token, account)) _arrive(token, account, amount);
        else credit[token][account] += amount;
    }

    function _sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, ESCROW.digest(structHash));
        return abi.encodePacked(r, s, v);
    }

    /// The key of an account; zero if it has none.
    function _keyOf(address account) internal view returns (uint256) {
        for (uint256 i = 0; i < KEYS; ++i) {
            if (accounts[i] == account) return FIRST_KEY + i;
        }
        return 0;
    }
}
