// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {IEscrowTypes} from "../../src/IEscrowTypes.sol";
import {HandlerPayouts} from "./HandlerPayouts.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

/// Shows promises, kept and broken ones, and answers or resolves what is open.
abstract contract HandlerDisputes is HandlerPayouts {
    using Reader for IEscrow;

    struct Place {
        bytes32 jobId;
        address account;
    }

    Place[] private _challenged;

    /// A promise of what the account can show, or of more; with a helper who was promised a fee, or claims so.
    function challenge(uint256 seed) external watched {
        if (jobIds.length == 0) return;
        bytes32 jobId = _anyJob(seed);
        IEscrow.Job memory job = ESCROW.job(jobId);
        if (job.epochs == 0) return;
        address account = accounts[_roll(seed, 2, KEYS)];
        (uint256 shown,) = _shown(jobId, account);
        bool isLie = _roll(seed, 3, 2) == 0;
        uint256 earned = isLie ? shown + 1 + _roll(seed, 4, job.bond + 1) : shown;
        IEscrow.Challenge memory broken;
        broken.leaf = IEscrowTypes.Leaf(account, earned, earned, 0);
        IEscrow.Statement memory statement = broken.statement;
        (statement.jobId, statement.epoch) = (jobId, job.epochs - 1 - _roll(seed, 5, job.epochs > 1 ? 2 : 1));
        (statement.seq, statement.total, statement.root) = (9, earned, Trees.hash(broken.leaf));
        bool isSigned = _roll(seed, 6, 8) > 0;
        uint256 key = isSigned ? _settlerKeyOf(jobId, statement.epoch) : FIRST_KEY;
        broken.signature = _sign(key, Signing.hash(statement));
        bool isConsented = _roll(seed, 7, 6) > 0;
        if (_roll(seed, 8, 2) == 0) {
            (broken.helper, broken.fee) = (RELAYER, 1 + _roll(seed, 9, earned + 1));
            broken.consent = _sign(isConsented ? _keyOf(account) : SETTLER_KEY, Signing.hashHelp(broken));
        }
        _challenge(broken, isSigned && (isConsented || broken.fee == 0));
    }

    function _challenge(IEscrow.Challenge memory broken, bool isSigned) private {
        (bytes32 jobId, address account) = (broken.statement.jobId, broken.leaf.account);
        IEscrow.Opening memory opening = _plays[jobId].opening;
        uint256 limit = ESCROW.epoch(jobId, broken.statement.epoch).finalAt + opening.terms.challengeDelay;
        bool isDone = _call(RELAYER, 0, abi.encodeCall(IEscrow.challenge, (opening, broken)));
        _note(isDone, "challenge");
        _rule(13, !isDone || isSigned, "a challenge without its signatures");
        _rule(13, !isDone || block.timestamp < limit, "a challenge after its time");
        if (isDone) _challenged.push(Place(jobId, account));
    }

    /// All leaves of the account, or one too few.
    function answer(uint256 seed) external watched {
        if (_challenged.length == 0) return;
        Place memory place = _anyPlace(seed);
        (uint256 sum, IEscrow.ProvenLeaf[] memory leaves) = _shown(place.jobId, place.account);
        if (leaves.length > 0 && _roll(seed, 2, 4) == 0) {
            sum -= leaves[leaves.length - 1].leaf.amount;
            assembly ("memory-safe") {
                mstore(leaves, sub(mload(leaves), 1))
            }
        }
        IEscrow.Dispute memory before = ESCROW.dispute(place.jobId, place.account);
        bytes memory data = abi.encodeCall(IEscrow.answer, (place.jobId, place.account, leaves));
        bool isDone = _call(RELAYER, 0, data);
        _note(isDone, "answer");
        bool isOpen = before.due > block.timestamp;
        _rule(13, isDone == isOpen, "an answer counts if and only if it is in time");
        if (!isDone) return;
        IEscrow.Dispute memory then = ESCROW.dispute(place.jobId, place.account);
        _rule(13, then.proven == (sum > before.proven ? sum : before.proven), "an answer adds up to what it shows");
        _rule(13, (then.due == 0) == (sum + before.compensated >= before.promised), "a kept promise ends it");
        if (then.due == 0) count["kept"] += 1;
    }

    function resolve(uint256 seed) external watched {
        if (_challenged.length > 0) _resolve(_anyPlace(seed));
    }

    /// Ends whatever can be ended.
    function _resolveAll() internal {
        for (uint256 i = 0; i < _challenged.length; ++i) {
            _plays[_challenged[i].jobId].isTouched = true;
            _resolve(_challenged[i]);
        }
    }

    function _resolve(Place memory place) private {
        IEscrow.Dispute memory open = ESCROW.dispute(place.jobId, place.account);
        uint256 bond = ESCROW.job(place.jobId).bond;
        bool isDone = _call(RELAYER, 0, abi.encodeCall(IEscrow.resolve, (place.jobId, place.account)));
        _note(isDone, "resolve");
        _rule(13, isDone == (open.due != 0 && open.due <= block.timestamp), "resolved if and only if it is due");
        if (!isDone) return;
        uint256 missing = uint256(open.promised) - open.proven - open.compensated;
        uint256 paid = missing < bond / 2 ? missing : bond / 2;
        uint256 fee = open.fee < paid ? open.fee : paid;
        _rule(13, ESCROW.job(place.jobId).bond + 2 * paid == bond, "the bond lost another amount");
        address token = _plays[place.jobId].opening.token;
        credit[token][NOBODY] += paid; // as much again is lost
        _arriveOrCredit(token, place.account, paid - fee);
        _arriveOrCredit(token, open.helper, fee);
        _plays[place.jobId].compensated += paid;
        _plays[place.jobId].penalties += paid;
    }

    function _anyPlace(uint256 seed) private returns (Place memory place) {
        // Mostly one of the last: those before are over.
        uint256 back = _roll(seed, 1, _challenged.length < 4 ? _challenged.length : 4);
        place = _challenged[_challenged.length - 1 - back];
        _plays[place.jobId].isTouched = true;
    }

    /// What the final leaves of the settler's epochs add up to, and the leaves.
    function _shown(bytes32 jobId, address account)
        private
        view
        returns (uint256 sum, IEscrow.ProvenLeaf[] memory leaves)
    {
        uint256 size = 0;
        leaves = new IEscrow.ProvenLeaf[](64);
        for (uint256 number = 0; number < ESCROW.job(jobId).epochs; ++number) {
            if (!_isFinal(jobId, number)) continue;
            for (uint256 i = 0; i < _leaves[jobId][number].length && size < 64; ++i) {
                if (_leaves[jobId][number][i].account != account) continue;
                leaves[size] = _proven(jobId, number, i);
                sum += leaves[size++].leaf.amount;
            }
        }
        assembly ("memory-safe") {
            mstore(leaves, size)
        }
    }
}
