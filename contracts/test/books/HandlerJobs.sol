// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {HandlerLeaves} from "./HandlerLeaves.sol";
import {HostileToken} from "./HandlerTokens.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

/// Begins, changes and ends jobs.
abstract contract HandlerJobs is HandlerLeaves {
    using Reader for IEscrow;
    using Signing for IEscrow;

    uint256 private constant MAX_JOBS = 6;
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    mapping(bytes32 jobId => uint256) private _changedAt; // when its settler last got a successor

    /// The publisher's own call; one in eight repeats a job, or comes from somebody else.
    function open(uint256 seed) external watched {
        bool isRepeated = jobIds.length > 0 && _roll(seed, 20, 8) == 0;
        bool isStranger = _roll(seed, 21, 8) == 0;
        if (!isRepeated && jobIds.length == MAX_JOBS) return;
        IEscrow.Opening memory opening = isRepeated ? _plays[jobIds[0]].opening : _opening(seed);
        (address from, uint256 amount) = (opening.publisher, opening.budget + opening.bond);
        if (isStranger) from = RELAYER;
        _fund(opening.token, from, amount);
        uint256 value = opening.token == address(0) ? amount : 0;
        _armDraw(opening.token);
        bool isDone = _call(from, value, abi.encodeCall(IEscrow.open, (opening, "contact")));
        _rule(8, !isDone || !(isRepeated || isStranger), "a job was opened twice, or by a stranger");
        _opened(opening, isDone, "open");
        if (isDone) expected[opening.token][from] -= amount;
    }

    /// A relayer's call with the publisher's signature; one in four changes what was signed.
    function openFor(uint256 seed) external watched {
        uint256 kind = _roll(seed, 20, jobIds.length == MAX_JOBS ? 2 : 8);
        IEscrow.SignedOpening memory signed;
        signed.opening = _opening(seed);
        (address token, uint256 amount) = (signed.opening.token, signed.opening.budget + signed.opening.bond);
        signed.deadline = block.timestamp + 1;
        signed.contact = "contact";
        uint256 key = _keyOf(signed.opening.publisher);
        signed.signature = _sign(key, Signing.hash(signed));
        address payer = token == address(0) ? RELAYER : signed.opening.publisher;
        _fund(token, payer, amount);
        if (token == address(PLAIN)) _permit(signed, key, amount);
        if (kind == 0) signed.opening.terms.postDelay += 1;
        if (kind == 1) signed.deadline = block.timestamp;
        _armDraw(token);
        bool isDone = _call(RELAYER, token == address(0) ? amount : 0, abi.encodeCall(IEscrow.openFor, (signed)));
        _rule(11, !isDone || kind > 1, "a job was opened otherwise than signed");
        _opened(signed.opening, isDone, "openFor");
        if (isDone) expected[token][payer] -= amount;
    }

    /// A publisher lays down what it has earned elsewhere.
    function claimAndOpen(uint256 seed) external watched {
        bool isRepeated = jobIds.length == MAX_JOBS;
        IEscrow.Opening memory opening = isRepeated ? _plays[jobIds[0]].opening : _opening(seed);
        (address token, address account) = (opening.token, opening.publisher);
        IEscrow.ProvenLeaf[] memory leaves = _leavesFor(account, token, seed);
        (uint256 sum, bool isFinal) = _due(leaves);
        sum += credit[token][account];
        uint256 asked = opening.budget + opening.bond;
        uint256 missing = asked > sum ? asked - sum : 0;
        _fund(token, account, missing);
        _armDraw(token);
        bool isDone = _call(
            account,
            token == address(0) ? missing : 0,
            abi.encodeCall(IEscrow.claimAndOpen, (leaves, opening, "contact"))
        );
        _rule(4, !isDone || isFinal, "a leaf that is not final was spent");
        _rule(8, !isDone || !isRepeated, "a job was opened twice");
        _opened(opening, isDone, "claimAndOpen");
        if (!isDone) return;
        expected[token][account] -= missing;
        credit[token][account] = sum > asked ? sum - asked : 0;
        _paid(leaves);
    }

    function topUp(uint256 seed) external watched {
        if (jobIds.length == 0) return;
        bytes32 jobId = _anyJob(seed);
        IEscrow.Job memory before = ESCROW.job(jobId);
        (address token, uint256 amount) = (_plays[jobId].opening.token, 1 + _roll(seed, 2, 1e9));
        address from = accounts[_roll(seed, 3, KEYS)];
        _fund(token, from, amount);
        _armDraw(token);
        bool isDone = _call(from, token == address(0) ? amount : 0, abi.encodeCall(IEscrow.topUp, (jobId, amount)));
        _note(isDone, "topUp");
        _rule(8, !isDone || before.state != 3, "a closed job took money");
        if (!isDone) return;
        IEscrow.Job memory then = ESCROW.job(jobId);
        _rule(8, then.state == before.state && then.closeAt == before.closeAt, "a top-up changed the close");
        _plays[jobId].arrived += then.budget - before.budget;
        expected[token][from] -= amount;
    }

    function setSettler(uint256 seed) external watched {
        if (jobIds.length == 0) return;
        bytes32 jobId = _anyJob(seed);
        uint256 key = SETTLER_KEY + _roll(seed, 2, 2);
        address from = _roll(seed, 3, 4) == 0 ? RELAYER : _plays[jobId].opening.publisher;
        uint256 settlerFrom = ESCROW.job(jobId).settlerFrom;
        bool isDone = _call(from, 0, abi.encodeCall(IEscrow.setSettler, (_plays[jobId].opening, vm.addr(key))));
        _note(isDone, "setSettler");
        _rule(16, !isDone || from != RELAYER, "a stranger chose the settler");
        if (!isDone) return;
        _settlers[jobId].push(Settler(ESCROW.job(jobId).epochs + 1, key));
        if (ESCROW.job(jobId).settlerFrom == settlerFrom) return;
        uint256 least = _changedAt[jobId] + _plays[jobId].opening.terms.challengeDelay;
        _rule(16, _changedAt[jobId] == 0 || block.timestamp >= least, "settlers came too fast");
        _changedAt[jobId] = block.timestamp;
    }

    function beginClose(uint256 seed) external watched {
        if (jobIds.length == 0 || _roll(seed, 1, 2) > 0) return; // more is to be seen of jobs that are open
        bytes32 jobId = _anyJob(seed);
        _beginClose(jobId, _roll(seed, 2, 4) == 0 ? _plays[jobId].opening.publisher : RELAYER);
    }

    function close(uint256 seed) external watched {
        if (jobIds.length > 0) _close(_anyJob(seed));
    }

    function warp(uint256 seed) external watched {
        vm.warp(block.timestamp + 1 + _roll(seed, 1, _roll(seed, 2, 4) == 0 ? 2 days : 8 hours));
        if (_roll(seed, 3, 3) == 0) HOSTILE.turn(HostileToken.Mood(_roll(seed, 4, 4)));
        if (_roll(seed, 5, 4) == 0) SULKER.turn(_roll(seed, 6, 2) == 0);
    }

    function _beginClose(bytes32 jobId, address from) internal {
        IEscrow.Opening memory opening = _plays[jobId].opening;
        bool isExpired = block.timestamp >= opening.terms.expiry;
        bool isAllowed = ESCROW.job(jobId).state == 1 && (from == opening.publisher || isExpired);
        bool isDone = _call(from, 0, abi.encodeCall(IEscrow.beginClose, (opening)));
        _rule(8, isDone == isAllowed, "a close begins if and only if it may");
        _note(isDone, "beginClose");
    }

    function _close(bytes32 jobId) internal {
        IEscrow.Opening memory opening = _plays[jobId].opening;
        IEscrow.Job memory before = ESCROW.job(jobId);
        bool isAllowed = before.state == 2 && block.timestamp >= before.closeAt && before.disputes == 0;
        for (uint256 i = 0; i < _numbers[jobId].length; ++i) {
            uint256 finalAt = ESCROW.epoch(jobId, _numbers[jobId][i]).finalAt;
            if (finalAt != 0 && block.timestamp < finalAt + opening.terms.challengeDelay) isAllowed = false;
        }
        bool isDone = _call(RELAYER, 0, abi.encodeCall(IEscrow.close, (opening)));
        _note(isDone, "close");
        _rule(8, !isDone || isAllowed, "a close ended too early");
        // A forced epoch that was vetoed may leave `forcedBy` later than need be, but not for ever.
        uint256 finalBy = before.finalBy > before.forcedBy ? before.finalBy : before.forcedBy;
        bool isLate = block.timestamp >= finalBy + opening.terms.challengeDelay;
        _rule(8, isDone || !isAllowed || !isLate || !_takes(opening.token, opening.publisher), "a close is stuck");
        if (!isDone) return;
        uint256 refund = uint256(before.budget) - before.committed - before.repaid + before.bond;
        _plays[jobId].returned += refund;
        _arrive(opening.token, opening.publisher, refund);
    }

    function _opening(uint256 seed) private view returns (IEscrow.Opening memory opening) {
        opening.publisher = accounts[_roll(seed, 1, PUBLISHERS)];
        opening.salt = bytes32(seed);
        opening.token = tokens[_roll(seed, 2, 3)];
        opening.budget = 1e7 + _roll(seed, 3, 1e12);
        opening.bond = _roll(seed, 4, opening.budget);
        opening.settler = vm.addr(SETTLER_KEY);
        IEscrow.Terms memory terms = opening.terms;
        terms.expiry = block.timestamp + 10 days;
        (terms.postDelay, terms.challengeDelay, terms.closeDelay) = (1 days, 1 days, 1 days + _roll(seed, 5, 1 days));
        terms.postReserve = _roll(seed, 6, opening.budget / 2);
        terms.postBounty = _roll(seed, 7, terms.postReserve / 3 + 1);
        if (_roll(seed, 8, 3) == 0) terms.settlerCap = opening.budget / 4;
        (terms.quorumBps, terms.minSigners) = (2_000 + _roll(seed, 9, 4_000), 1 + _roll(seed, 10, 2));
        (terms.forceDelay, terms.forceCap) = (1 days, opening.budget / 4);
    }

    function _opened(IEscrow.Opening memory opening, bool isDone, string memory what) private {
        _note(isDone, what);
        if (!isDone) return;
        bytes32 jobId = ESCROW.idOf(opening);
        jobIds.push(jobId);
        IEscrow.Job memory job = ESCROW.job(jobId);
        _rule(2, job.budget <= opening.budget && job.bond == opening.bond, "more than was laid down");
        _rule(2, job.budget >= opening.terms.postReserve, "a reserve that is not there");
        (_plays[jobId].opening, _plays[jobId].arrived) = (opening, uint256(job.budget) + job.bond);
        _plays[jobId].isTouched = true;
        _settlers[jobId].push(Settler(0, SETTLER_KEY));
    }

    /// The hostile token adds to one of its jobs from inside a deposit, with its own money.
    function _armDraw(address token) private {
        if (token != address(HOSTILE)) return;
        for (uint256 i = 0; i < jobIds.length; ++i) {
            if (_plays[jobIds[i]].opening.token == token) {
                HOSTILE.arm(abi.encodeCall(IEscrow.topUp, (jobIds[i], 1_000)));
            }
        }
    }

    function _permit(IEscrow.SignedOpening memory signed, uint256 key, uint256 amount) private {
        address owner = vm.addr(key);
        vm.prank(owner);
        PLAIN.approve(address(ESCROW), 0);
        bytes32 order =
            keccak256(abi.encode(PERMIT, owner, address(ESCROW), amount, PLAIN.nonces(owner), signed.deadline));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", PLAIN.DOMAIN_SEPARATOR(), order));
        signed.draw = 1;
        (signed.v, signed.r, signed.s) = vm.sign(key, digest);
    }
}
